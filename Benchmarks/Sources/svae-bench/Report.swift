import Foundation

/// One measured case, as it is printed and as it goes into JSON.
struct Report: Codable {
  var name: String
  var threads: Int
  var unit: String
  /// Units a second.
  var median: Double
  /// Half the distance between the quartiles of all windows, over the median.
  var spread: Double
  /// The highest rate of all windows.
  var best: Double
  /// The share of the limit that the best window reached.
  var share: Double?
  /// What the limit is: multiply-adds of the processor, or memory traffic.
  var limit: String?

  init(
    _ name: String, threads: Int, unit: String, _ measurement: Measurement, share: Double? = nil,
    limit: String? = nil
  ) {
    self.name = name
    self.threads = threads
    self.unit = unit
    median = measurement.median
    spread = measurement.spread
    best = measurement.best
    self.share = share
    self.limit = limit
  }

  /// `natural batch 32 threads 1: 512.3 steps/s`
  var line: String { "\(name) threads \(threads): \(median.formatted(digits: 1)) \(unit)" }

  /// The same with spread and share.
  var details: String {
    var text = "\(line), ±\((100 * spread).formatted(digits: 1)) %"
    if let share, let limit { text += ", \((100 * share).formatted(digits: 0)) % of \(limit)" }
    return text
  }
}

extension Double {
  func formatted(digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

/// Prints reports as they come, or all at once as JSON.
struct Reporter {
  let json: Bool
  let details: Bool
  private var reports: [Report] = []

  init(json: Bool, details: Bool) {
    self.json = json
    self.details = details
  }

  mutating func add(_ report: Report) {
    reports.append(report)
    guard !json else { return }
    print(details ? report.details : report.line)
    fflush(nil)
  }

  func finish() throws {
    guard json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(reports), as: UTF8.self))
  }
}
