import Foundation
import Learning
import Yams

/// Conditions that are all combinations of some settings' values:
///
///     grid:
///       model.latents: [100, 200, 400]
///       model.constraint: [none, unit-norm]
///
/// is six conditions, from `latents-100-constraint-none` to `latents-400-constraint-unit-norm`, the
/// last setting varying fastest. A value may itself be a list: `model.encoder.trunk: [[128], [512, 512]]`.
struct StudyGrid {
  /// One combination.
  struct Cell {
    /// "latents-100-constraint-none"
    let name: String
    /// "latents 100, constraint none"
    let title: String
    /// As a condition's `settings`.
    let settings: Node
  }

  let cells: [Cell]
  /// The only setting's last word, or "grid".
  let factor: String
  /// The method whose settings these are.
  let method: String

  private struct Dimension {
    let key: String
    let values: [Node]

    /// "latents" of "model.latents"
    var word: String { key.split(separator: ".").last.map(String.init) ?? key }
  }

  /// - Throws: a `RunError` that names the line where a setting has no list of different values.
  init(_ node: Node, file: URL?) throws {
    func fault(_ node: Node, _ problem: String) -> RunError {
      RunError(
        file: file, (node.mark.map { "line \($0.line): " } ?? "") + problem,
        remedy: "expected settings with lists of values, such as grid: {model.latents: [100, 200]}")
    }
    guard let mapping = node.mapping, !mapping.isEmpty else { throw fault(node, "grid") }
    let dimensions = try mapping.map { key, value in
      guard let name = key.string, let values = value.sequence, !values.isEmpty else {
        throw fault(value, "grid: \(key.string ?? "?") is not a list of values")
      }
      return Dimension(key: name, values: Array(values))
    }
    let count = dimensions.reduce(1) { min($0 * $1.values.count, 10_000) }
    guard count <= 1000 else { throw fault(node, "grid: more than 1,000 combinations") }
    factor = dimensions.count == 1 ? dimensions[0].word : "grid"
    let sections = Set(dimensions.map { String($0.key.prefix { $0 != "." }) })
    method =
      LearningMethods.all.elements.first {
        $0.name != SparseVAEConfiguration.name && sections.isSubset(of: $0.sections)
          && !sections.isSubset(of: SparseVAEConfiguration.sections)
      }?.name ?? SparseVAEConfiguration.name
    let choices = dimensions.reduce([[Node]()]) { rows, dimension in
      rows.flatMap { row in dimension.values.map { row + [$0] } }
    }
    cells = choices.map { values in
      let pairs = zip(dimensions, values).map { ($0.word, Self.text($1)) }
      return Cell(
        name: pairs.map { "\($0)-\(Self.plain($1))" }.joined(separator: "-"),
        title: pairs.map { "\($0) \($1)" }.joined(separator: ", "),
        settings: zip(dimensions, values).reduce(Self.empty) {
          Self.setting($1.0.key, to: $1.1, in: $0)
        })
    }
  }

  /// "512,512" of a list.
  private static func text(_ node: Node) -> String {
    node.sequence.map { $0.map(text).joined(separator: ",") } ?? node.scalar?.string ?? "?"
  }

  /// As it may stand in a folder's name.
  private static func plain(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber || "-_.+".contains($0) ? $0 : "x" })
  }

  /// `settings` with the value of a dotted key, in its section.
  private static func setting(_ key: String, to value: Node, in settings: Node) -> Node {
    let (first, rest) = (key.prefix { $0 != "." }, key.drop { $0 != "." }.dropFirst())
    var mapping = settings.mapping ?? Node.Mapping([])
    let name = Node(String(first))
    let inner =
      rest.isEmpty ? value : setting(String(rest), to: value, in: mapping[name] ?? empty)
    // Errors name the line of the values.
    mapping[name] = nil
    mapping[.scalar(Node.Scalar(String(first), Tag.implicit, .any, value.mark))] = inner
    mapping.mark = value.mark
    return .mapping(mapping)
  }

  private static var empty: Node { .mapping(Node.Mapping([])) }
}
