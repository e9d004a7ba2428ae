import Foundation

/// A column of `metrics.csv`: a number of each epoch, and whether the console shows it.
public struct Column<Epoch>: Sendable {
  /// The name in the file's first line: a contract.
  public let name: String
  /// Heads the column on the console; nil for one that is in the file alone.
  public let heading: String?
  /// Digits on the console after the decimal point.
  public let decimals: Int
  /// Nil where the number is undefined: an empty field.
  public let value: @Sendable (Epoch) -> Double?

  /// A column; see the properties.
  public init(
    _ name: String, heading: String? = nil, decimals: Int = 0,
    _ value: @escaping @Sendable (Epoch) -> Double?
  ) {
    self.name = name
    self.heading = heading
    self.decimals = decimals
    self.value = value
  }
}

extension Column where Epoch: LearningEpoch {
  /// A measure of the epoch's evaluation.
  ///
  /// - Parameters:
  ///   - measure: its name.
  ///   - name: the column's, where it is another.
  static func measured(
    _ measure: String, as name: String? = nil, heading: String? = nil, decimals: Int = 0
  ) -> Column {
    Column(name ?? measure, heading: heading, decimals: decimals) { epoch in
      epoch.evaluation.flatMap { evaluation in
        Measure.common.first { $0.name == measure }?.value(of: evaluation)
      }
    }
  }
}

extension LearningMethod {
  /// The names of the columns of `metrics.csv`; the last is the time spent in all sessions.
  static var columnNames: [String] { columns.map(\.name) + ["seconds"] }

  /// An epoch's numbers, in the order of the columns.
  static func numbers(_ epoch: Learner.Epoch, seconds: Double) -> [Double?] {
    columns.map { $0.value(epoch) } + [seconds]
  }

  /// Heads the lines of `consoleLine`.
  static var consoleHeading: String {
    consoleColumns.map { padded($0.heading, to: $0.width) }.joined(separator: "  ")
  }

  /// An epoch's numbers as a line for the console.
  static func consoleLine(_ numbers: [Double?]) -> String {
    consoleColumns.map { column in
      let text = numbers[column.index].map { String(format: "%.\(column.decimals)f", $0) } ?? "–"
      return padded(text, to: column.width)
    }.joined(separator: "  ")
  }

  private static var consoleColumns: [(index: Int, heading: String, decimals: Int, width: Int)] {
    let all = columns.map { ($0.heading, $0.decimals) } + [("seconds", 1)]
    return all.enumerated().compactMap { index, column in
      let (heading, decimals) = column
      // All columns fit into a terminal of 80; a number of seven digits has a place in each.
      return heading.map { (index, $0, decimals, max($0.count, decimals > 0 ? 7 : 5)) }
    }
  }
}

private func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
