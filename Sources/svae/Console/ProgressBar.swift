import Foundation

/// A bar with rate and remaining time on a terminal; elsewhere a line a minute, where no other line
/// goes by.
final class ProgressBar {
  private let isQuiet: Bool
  private let unit: String
  private let title: String
  private let started = Date()
  private var lastDrawn: Date
  private var first: Int?

  /// Seconds between lines when standard error is not a terminal.
  private static let heartbeat = 60.0

  /// - Parameter title: what the progress is of, before the numbers.
  init(isQuiet: Bool, unit: String, title: String = "") {
    (self.isQuiet, self.unit, self.title) = (isQuiet, unit, title)
    lastDrawn = Console.isTerminal ? .distantPast : started
  }

  func update(_ done: Int, of total: Int) {
    guard !isQuiet else { return }
    let first = first ?? done
    self.first = first
    let now = Date()
    let age = now.timeIntervalSince(lastDrawn)
    let isDue = Console.isTerminal ? age > 0.1 || done == total : age > Self.heartbeat
    guard isDue else { return }
    lastDrawn = now
    let rate = Double(done - first) / max(1e-9, now.timeIntervalSince(started))
    let rest = rate > 0 ? Double(total - done) / rate : .nan
    let heading = title.isEmpty ? "" : "\(title): "
    let numbers =
      "\(heading)\(done)\(total > 0 ? "/\(total)" : "")  \(Self.rounded(rate)) \(unit)/s  "
      + (rest.isFinite && total > 0 ? "\(Self.duration(rest)) left" : "")
    if Console.isTerminal {
      Console.draw(bar: total > 0 ? Double(done) / Double(total) : 0, numbers)
    } else {
      Console.write(numbers + "\n")
    }
  }

  /// Makes room for a line of text.
  func clear() {
    if isQuiet { return }
    if Console.isTerminal { Console.write("\r\u{1B}[K") } else { lastDrawn = Date() }
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  private static func rounded(_ rate: Double) -> String {
    rate >= 100 ? String(Int(rate)) : String(format: "%.1f", rate)
  }
}
