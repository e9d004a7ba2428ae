import Evaluation
import Foundation
import Learning

/// A study's table: one row a condition, for scripts, spreadsheets and people.
public struct StudyTable {
  private let results: StudyResults

  /// The table of these results.
  public init(_ results: StudyResults) { self.results = results }

  /// An array, one object a condition: its settings in short and, for each measure, an object
  /// `{mean, low, high}`, the 95 % interval over seeds within what is possible; of two seeds, the
  /// lesser and the greater value. What is undefined is null.
  public func json() throws -> String {
    let rows: [[String: Any]] = results.conditions.map { condition in
      var row: [String: Any] = [:]
      for (name, value) in Self.settings(of: condition) { row[name] = value ?? NSNull() }
      for measure in Measure.inTables {
        let summary = condition.summary(of: measure)
        row[measure.name] =
          [
            "mean": summary?.mean ?? NSNull(), "low": summary?.low ?? NSNull(),
            "high": summary?.high ?? NSNull(),
          ] as [String: Any]
      }
      return row
    }
    return try jsonText(rows)
  }

  /// Comma-separated values: a row a condition, three columns a measure.
  public var csv: String {
    let names = Self.settingNames
    let header =
      names + Measure.inTables.flatMap { ["\($0.name)", "\($0.name)Low", "\($0.name)High"] }
    let rows = results.conditions.map { condition in
      Self.settings(of: condition).map { _, value in value.map { "\($0)" } ?? "" }
        + Measure.inTables.flatMap { measure in
          let summary = condition.summary(of: measure)
          return [summary?.mean, summary?.low, summary?.high].map { value in
            value.map { String(format: "%.10g", $0) } ?? ""
          }
        }
    }
    return Self.spreadsheet([header] + rows)
  }

  /// Comma-separated values: a row a run, a column a measure.
  public var runsCSV: String {
    let header = ["name", "seed"] + Measure.inTables.map(\.name)
    let rows = results.conditions.flatMap { condition in
      condition.runs.map { run in
        [condition.condition.name, "\(run.seed)"]
          + Measure.inTables.map { measure in
            measure.value(run).map { String(format: "%.10g", $0) } ?? ""
          }
      }
    }
    return Self.spreadsheet([header] + rows)
  }

  private static func spreadsheet(_ rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// The main columns, for a terminal.
  public var text: String {
    let measures = [
      "activeFilters", "informative", "gaborLike", "spikes", "klActive", "negativeElbo",
      "negativeLogEvidence", "snrDecibels", "stability", "seconds",
    ].compactMap(Measure.named).filter { measure in
      results.conditions.contains { $0.summary(of: measure) != nil }
    }
    let header = ["condition", "latents", "seeds"] + measures.map(\.heading)
    let rows = results.conditions.map { condition in
      [
        condition.condition.title, "\(condition.condition.configuration.method.latents)",
        "\(condition.runs.count)",
      ] + measures.map { $0.text(condition.summary(of: $0)) }
    }
    return TextTable(rows: [header] + rows).text
  }

  private static let settingNames = [
    "name", "title", "factor", "method", "constraint", "tangent", "learnsGain", "prior",
    "posterior", "noise", "latents", "seeds", "missingSeeds",
  ]

  /// By name; nil for what a condition's method does not have.
  private static func settings(of results: StudyResults.ConditionResults) -> [(String, Any?)] {
    let condition = results.condition
    let method = condition.configuration.method
    let brief = method.brief
    let values: [Any?] = [
      condition.name, condition.title, condition.factor, type(of: method).name, brief.constraint,
      brief.tangent, brief.learnsGain, brief.prior, brief.posterior, brief.noise, method.latents,
      results.runs.count, results.missingSeeds.count,
    ]
    return Array(zip(settingNames, values))
  }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\n".contains($0) }
      ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field
  }
}
