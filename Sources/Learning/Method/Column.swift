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
  /// The names of the columns of `metrics.csv`.
  static var columnNames: [String] { columns.map(\.name) + [secondsColumn.name] }

  /// Time spent, in all sessions.
  private static var secondsColumn: Column<Double> {
    Column("seconds", heading: "seconds", decimals: 1) { $0 }
  }

  /// An epoch's numbers, in the order of the columns.
  static func numbers(_ epoch: Learner.Epoch, seconds: Double) -> [Double?] {
    columns.map { $0.value(epoch) } + [seconds]
  }

  /// Heads the lines of `consoleLine`.
  static var consoleHeading: String {
    consoleColumns.map { padded($0.heading, to: $0.width) }.joined(separator: "   ")
  }

  /// An epoch as a line for the console.
  static func consoleLine(_ epoch: Learner.Epoch, seconds: Double) -> String {
    consoleColumns.map { column in
      padded(column.text(epoch, seconds), to: column.width)
    }.joined(separator: "   ")
  }

  private static var consoleColumns:
    [(heading: String, width: Int, text: (Learner.Epoch, Double) -> String)]
  {
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
    }
    // A number of eight digits has a place in every column.
    func width(_ heading: String, _ decimals: Int) -> Int {
      max(heading.count, decimals > 0 ? 8 : 5)
    }
    let own = columns.compactMap { column in
      column.heading.map { heading in
        (
          heading, width(heading, column.decimals),
          { (epoch: Learner.Epoch, _: Double) in text(column.value(epoch), column.decimals) }
        )
      }
    }
    let last = secondsColumn
    let heading = last.heading ?? last.name
    return own + [
      (heading, width(heading, last.decimals), { _, seconds in text(seconds, last.decimals) })
    ]
  }
}

private func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
