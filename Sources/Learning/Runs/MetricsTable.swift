import Files
import Foundation

/// `metrics.csv`: rewritten whole at each row, so that it is never half a row. The first column
/// counts epochs, or updates.
public struct MetricsTable: Sendable {
  /// The columns' names.
  public let columns: [String]
  private var rows: [[String]] = []

  /// An empty table.
  public init(columns: [String]) { self.columns = columns }

  /// Reads the rows up to `last`; later ones are of a run that was stopped after its checkpoint.
  ///
  /// - Throws: a `RunError` where the file has other columns.
  init(contentsOf url: URL, through last: Int = .max, columns: [String]) throws {
    self.init(columns: columns)
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw RunError(file: url, "cannot be read as text", remedy: Self.remedy)
    }
    // Editors end lines otherwise.
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard lines.first == columns else {
      let found = (lines.first ?? []).joined(separator: ",")
      throw RunError(
        file: url, "has other columns than this version writes: \(found.prefix(200))",
        remedy: "expected \(columns.joined(separator: ",")); \(Self.remedy)")
    }
    rows = lines.dropFirst().filter { row in
      row.count == columns.count && (Int(row[0]) ?? .max) <= last
    }
    makeSecondsOneClock()
  }

  private static let remedy = "put the file back as it was, or move it away to go on without it"

  /// Earlier versions began each session's clock at zero.
  private mutating func makeSecondsOneClock() {
    guard let column = columns.firstIndex(of: "seconds") else { return }
    var (earlier, previous) = (0.0, 0.0)
    for (row, seconds) in self["seconds"].enumerated() {
      if seconds < previous { earlier += previous }
      previous = seconds
      if earlier > 0 { rows[row][column] = Self.text(earlier + seconds) }
    }
  }

  /// Adds a row; what is undefined is an empty field.
  mutating func add(_ numbers: [Double?]) { rows.append(numbers.map { $0.map(Self.text) ?? "" }) }

  /// A number as a field.
  package static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9
      ? String(Int(value)) : String(format: "%.6g", value)
  }

  func write(to url: URL) throws {
    let lines = [columns] + rows
    let text = lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    try AtomicFile.write(Data(text.utf8), to: url)
  }

  /// A column's numbers; NaN where a field is empty, none where there is no such column.
  public subscript(_ name: String) -> [Double] {
    guard let index = columns.firstIndex(of: name) else { return [] }
    return rows.map { Double($0[index]) ?? .nan }
  }

  /// Time spent, of all sessions.
  package var trainingSeconds: Double { self["seconds"].last ?? 0 }
}
