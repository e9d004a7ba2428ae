import Foundation
import Yams

/// Reads and writes configurations as YAML, laid over defaults, with clear errors.
///
/// Generic in what is configured: a run, a study, a dictionary's training.
public struct ConfigurationFile<Configuration: Codable & Sendable> {
  private var tree: Node
  private let schema: Node

  /// Begins with the defaults.
  ///
  /// - Parameter exemplar: a value in which no optional is nil, to know all keys by.
  public init(defaults: Configuration, exemplar: Configuration) throws {
    tree = try Self.node(of: defaults)
    schema = try Self.node(of: exemplar)
  }

  /// Lays a file's settings over what is there.
  ///
  /// - Throws: a `RunError` with file and line where the file is no YAML or has an unknown key.
  public mutating func apply(file: URL) throws {
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw RunError(
        file: file, "cannot be read: \(error.localizedDescription)", remedy: "expected YAML")
    }
    do {
      guard let settings = try Yams.compose(yaml: text) else { return }
      try apply(settings, file: file)
    } catch let error as YamlError {
      throw RunError(file: file, "is not YAML: \(error)".trimmingCharacters(in: .newlines))
    }
  }

  /// Lays settings that stand within another file over what is there.
  mutating func apply(_ settings: Node, file: URL?) throws {
    try merge(settings, into: &tree, schema: schema, path: [], file: file)
  }

  /// Applies one setting of the form `training.epochs=30`.
  public mutating func apply(setting: String) throws {
    guard let equals = setting.firstIndex(of: "=") else {
      throw RunError("--set \(setting)", remedy: "expected key=value, such as training.epochs=30")
    }
    let path = setting[..<equals].split(separator: ".").map(String.init)
    let text = String(setting[setting.index(after: equals)...])
    guard !path.isEmpty, let value = try? Yams.compose(yaml: text) else {
      throw RunError("--set \(setting)", remedy: "expected key=value, such as training.epochs=30")
    }
    let settings = path.reversed().reduce(value) { Node([(Node($1), $0)]) }
    try merge(settings, into: &tree, schema: schema, path: [], file: nil)
  }

  /// The configuration.
  ///
  /// - Throws: a `RunError` that names the key (and file and line, where it came from one) whose
  ///   value is of the wrong kind.
  public func resolved(file: URL? = nil) throws -> Configuration {
    do {
      return try YAMLDecoder().decode(Configuration.self, from: tree)
    } catch let error as DecodingError {
      throw describe(error, file: file)
    }
  }

  /// The configuration as YAML.
  public static func text(of configuration: Configuration) throws -> String {
    try YAMLEncoder().encode(configuration)
  }

  private static func node(of configuration: Configuration) throws -> Node {
    try Yams.compose(yaml: text(of: configuration)) ?? Node([(Node, Node)]())
  }

  private func merge(
    _ settings: Node, into tree: inout Node, schema: Node, path: [String], file: URL?
  ) throws {
    guard let mapping = settings.mapping, let known = schema.mapping else {
      if settings.mapping == nil, schema.mapping != nil {
        throw RunError(
          file: file, place(settings) + name(path) + "a value where keys belong",
          remedy: "expected \(keys(schema))")
      }
      tree = settings
      return
    }
    for (key, value) in mapping {
      let word = key.string ?? "?"
      guard let expected = known[key] else {
        throw RunError(
          file: file, place(key) + "\((path + [word]).joined(separator: ".")) is no setting",
          remedy: "expected one of \(keys(schema))")
      }
      var child = tree.mapping?[key] ?? value
      try merge(value, into: &child, schema: expected, path: path + [word], file: file)
      tree.mapping?[key] = child
    }
  }

  private func describe(_ error: DecodingError, file: URL?) -> RunError {
    let (path, problem): ([any CodingKey], String) =
      switch error {
      case .typeMismatch(let type, let context): (context.codingPath, "expected \(type)")
      case .valueNotFound(let type, let context): (context.codingPath, "expected \(type)")
      case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
      case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
      @unknown default: ([], "\(error)")
      }
    let words = path.map(\.stringValue)
    let value = words.reduce(Optional(tree)) { node, word in
      node?.mapping?[Node(word)] ?? node?.sequence?[Int(word) ?? 0]
    }
    let found = value.flatMap { try? Yams.serialize(node: $0) }?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return RunError(
      file: file,
      (value.map(place) ?? "") + words.joined(separator: ".") + (found.map { ": \($0)" } ?? ""),
      remedy: problem)
  }

  private func place(_ node: Node) -> String { node.mark.map { "line \($0.line): " } ?? "" }

  private func name(_ path: [String]) -> String {
    path.isEmpty ? "" : path.joined(separator: ".") + ": "
  }

  private func keys(_ node: Node) -> String {
    (node.mapping?.keys.compactMap(\.string) ?? []).joined(separator: ", ")
  }
}

extension RunConfiguration {
  /// A configuration in which every optional has a value, to know all keys by.
  public static var exemplar: RunConfiguration {
    var exemplar = RunConfiguration()
    exemplar.data.source = ""
    exemplar.data.preparation = exemplar.data.preparation.resolved(for: .cut)
    exemplar.data.preparation.rejectsVarianceBelow = 0.1
    exemplar.training.clippingNorm = 1
    return exemplar
  }
}
