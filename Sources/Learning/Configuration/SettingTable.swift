import Foundation
import ImageData
import Settings

/// A configuration's settings, for people and for scripts.
public struct SettingTable: Sendable {
  /// One setting. Defaults are as `--set` takes them.
  public struct Row: Codable, Hashable, Sendable {
    /// As `--set` and `config.yaml` call it: "model.latents".
    public let key: String
    /// The default for patches of photographs.
    public let photographs: String
    /// The default for small images such as digits.
    public let smallImages: String
    /// What it may be: "from 1 to 65,536".
    public let expected: String
    /// What counts where it is null; nil where it always has a value.
    public let null: String?
    /// What it does, in a line.
    public let meaning: String
  }

  /// One a setting, in the order of `config.yaml`.
  public let rows: [Row]

  /// The settings of a configuration.
  public init<Content: Configuration>(_ configuration: Content.Type) {
    func defaults(_ kind: PatchKind) -> Content { Content.defaults(for: kind).resolved(for: kind) }
    let (photographs, smallImages) = (defaults(.cut), defaults(.whole))
    rows = Content.settings.map { setting in
      Row(
        key: setting.key, photographs: setting.form(in: photographs).yaml,
        smallImages: setting.form(in: smallImages).yaml, expected: setting.expected,
        null: setting.ifNull, meaning: setting.meaning)
    }
  }

  /// One line a setting, in columns.
  public var text: String {
    let titles = ["setting", "photographs", "small images", "meaning (what it may be)"]
    let cells = rows.map { row in
      let null = row.null.map { "; null: \($0)" } ?? ""
      return [row.key, row.photographs, row.smallImages, "\(row.meaning) (\(row.expected)\(null))"]
    }
    let widths = titles.indices.dropLast().map { column in
      ([titles] + cells).map { $0[column].count }.max() ?? 0
    }
    return ([titles] + cells).map { cells in
      zip(cells, widths).map { $0.padding(toLength: $1 + 2, withPad: " ", startingAt: 0) }.joined()
        + (cells.last ?? "")
    }.joined(separator: "\n")
  }

  /// One object a setting.
  public func json() throws -> String {
    String(decoding: try Learning.json(rows, pretty: true), as: UTF8.self)
  }
}
