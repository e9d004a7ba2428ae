import Distributions
import Filters
import Foundation
import ImageData
import SparseCodingVAE
import Yams

/// Reads and writes configurations as YAML, laid over defaults, with clear errors.
///
/// Generic in what is configured: a run, a study, a dictionary's training.
public struct ConfigurationFile<Configuration: Codable & Sendable> {
  private var tree: Node
  private let schema: Node
  private let choices: [String: [String]]

  /// Begins with the defaults.
  ///
  /// - Parameters:
  ///   - exemplar: a value in which no optional is nil, to know all keys by.
  ///   - choices: for keys such as `model.prior`, the words that they take.
  public init(
    defaults: Configuration, exemplar: Configuration, choices: [String: [String]] = [:]
  ) throws {
    self.choices = choices
    tree = try Self.node(of: defaults)
    schema = try Self.node(of: exemplar)
  }

  /// The keys at the top.
  var sections: Set<String> { Set(schema.mapping?.keys.compactMap(\.string) ?? []) }

  /// Lays a file's settings over what is there.
  ///
  /// - Throws: a `RunError` with file and line where the file is no YAML, has an unknown key, or a
  ///   value of the wrong kind.
  public mutating func apply(file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw RunError(file: file, "no such file", remedy: "expected a configuration as YAML")
    }
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw RunError(
        file: file, "cannot be read as text", remedy: "expected YAML in UTF-8")
    }
    do {
      guard let settings = try Yams.compose(yaml: text), settings.null == nil else { return }
      try apply(settings, file: file)
    } catch let error as YamlError {
      throw RunError(file: file, "is not YAML: \(error)".trimmingCharacters(in: .newlines))
    }
  }

  /// Lays settings that stand within another file over what is there.
  ///
  /// - Parameter file: nil for a file that comes with the program.
  mutating func apply(_ settings: Node, file: URL?) throws {
    let origin = Origin.file(file)
    try merge(settings, into: &tree, schema: schema, path: [], origin: origin)
    _ = try decoded(origin: origin)
  }

  /// Applies one setting of the form `training.epochs=30`.
  ///
  /// - Throws: a `RunError` that names the setting where there is no such key, or where its value
  ///   is of the wrong kind.
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
    try merge(settings, into: &tree, schema: schema, path: [], origin: .setting(setting))
    _ = try decoded(origin: .setting(setting))
  }

  /// Where a setting came from.
  private enum Origin {
    case file(URL?)
    case setting(String)

    /// An error about `node`, with file and line where it came from one.
    func error(_ node: Node?, _ problem: String, remedy: String) -> RunError {
      switch self {
      case .file(let file):
        let line = node?.mark.map { "line \($0.line): " } ?? ""
        return RunError(file: file, line + problem, remedy: remedy)
      case .setting(let setting):
        return RunError("--set \(setting): \(problem)", remedy: remedy)
      }
    }
  }

  /// The configuration.
  public func resolved() throws -> Configuration {
    try YAMLDecoder().decode(Configuration.self, from: tree)
  }

  private func decoded(origin: Origin) throws -> Configuration {
    do {
      return try resolved()
    } catch let error as DecodingError {
      throw describe(error, origin: origin)
    }
  }

  /// The configuration as YAML, with every number in as many digits as it needs: reading the text
  /// gives the same configuration to the bit.
  public static func text(of configuration: Configuration) throws -> String {
    let tree = try Yams.compose(yaml: YAMLEncoder().encode(configuration))
    guard let tree else { return "" }
    // Yams writes 15 digits. JSON, which is YAML too, has them all, but its keys in any order.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let exact = try Yams.compose(
      yaml: String(decoding: encoder.encode(configuration), as: UTF8.self))
    return try Yams.serialize(node: withNumbers(of: exact, tree), allowUnicode: true)
  }

  /// `node` with its finite numbers as they stand at the same places of `exact`.
  private static func withNumbers(of exact: Node?, _ node: Node) -> Node {
    switch node {
    case .scalar(var scalar):
      if let text = exact?.scalar?.string, Double(text)?.isFinite == true,
        Double(scalar.string) != nil
      {
        scalar.string = text
      }
      return .scalar(scalar)
    case .mapping(var mapping):
      for (key, value) in mapping {
        mapping[key] = withNumbers(of: exact?.mapping?[key], value)
      }
      return .mapping(mapping)
    case .sequence(var sequence):
      for index in sequence.indices {
        sequence[index] = withNumbers(of: exact?.sequence?[index], sequence[index])
      }
      return .sequence(sequence)
    default:
      return node
    }
  }

  private static func node(of configuration: Configuration) throws -> Node {
    try Yams.compose(yaml: text(of: configuration)) ?? Node([(Node, Node)]())
  }

  private func merge(
    _ settings: Node, into tree: inout Node, schema: Node, path: [String], origin: Origin
  ) throws {
    guard let mapping = settings.mapping, let known = schema.mapping else {
      if settings.mapping == nil, schema.mapping != nil {
        throw origin.error(
          settings, name(path) + "a value where keys belong", remedy: "expected \(keys(schema))")
      }
      tree = settings
      return
    }
    for (key, value) in mapping {
      let word = key.string ?? "?"
      guard let expected = known[key] else {
        throw origin.error(
          key, "\((path + [word]).joined(separator: ".")) is no setting",
          remedy: "expected one of \(keys(schema))")
      }
      var child = tree.mapping?[key] ?? value
      try merge(value, into: &child, schema: expected, path: path + [word], origin: origin)
      tree.mapping?[key] = child
    }
  }

  private func describe(_ error: DecodingError, origin: Origin) -> RunError {
    let (path, problem): ([any CodingKey], String) =
      switch error {
      case .typeMismatch(let type, let context): (context.codingPath, expectation(type))
      case .valueNotFound(let type, let context): (context.codingPath, expectation(type))
      case .keyNotFound(let key, let context): (context.codingPath + [key], "a value")
      case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
      @unknown default: ([], "\(error)")
      }
    let name = path.reduce("") { name, key in
      key.intValue.map { "\(name)[\($0)]" } ?? (name.isEmpty ? "" : name + ".") + key.stringValue
    }
    let value = path.reduce(Optional(tree)) { node, key in
      key.intValue.flatMap { node?.sequence?[$0] } ?? node?.mapping?[Node(key.stringValue)]
    }
    let found = value.flatMap { try? Yams.serialize(node: $0) }?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return origin.error(
      value, name + (found.map { ": \($0)" } ?? ""),
      remedy: "expected " + (choices[name].map { $0.joined(separator: ", ") } ?? problem))
  }

  /// A type of Swift's in the reader's words.
  private func expectation(_ type: Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is UInt64.Type: "a whole number, 0 or more"
    case is Double.Type, is Float.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "text"
    default: "a list such as [1, 2]"
    }
  }

  private func name(_ path: [String]) -> String {
    path.isEmpty ? "" : path.joined(separator: ".") + ": "
  }

  private func keys(_ node: Node) -> String {
    (node.mapping?.keys.compactMap(\.string) ?? []).joined(separator: ", ")
  }
}

extension RunConfiguration {
  /// The words that settings take which choose among few.
  static let choices: [String: [String]] = [
    "data.whitening": Whitening.allCases.map(\.rawValue),
    "data.luminance": Luminance.allCases.map(\.rawValue),
    "data.arrays": ArrayMeaning.allCases.map(\.rawValue),
    "data.imageAxis": ImageAxis.allCases.map(\.rawValue),
    "model.prior": PriorFamily.allCases.map(\.rawValue),
    "model.posterior": PosteriorFamily.allCases.map(\.rawValue),
    "model.constraint": ConstraintFamily.allCases.map(\.rawValue),
    "training.precision": Precision.allCases.map(\.rawValue),
    "training.schedule": LearningRateSchedule.allCases.map(\.rawValue),
  ]

  /// A run's settings in layers, to lay files and single settings over.
  public static func layers(
    over defaults: RunConfiguration
  ) throws -> ConfigurationFile<RunConfiguration> {
    try ConfigurationFile(defaults: defaults, exemplar: exemplar, choices: choices)
  }

  /// A configuration in which every optional has a value, to know all keys by.
  public static var exemplar: RunConfiguration {
    var exemplar = RunConfiguration()
    exemplar.data.source = ""
    exemplar.data.preparation = exemplar.data.preparation.resolved(for: .cut)
    exemplar.data.preparation.rejectsVarianceBelow = 0.1
    exemplar.data.preparation.variable = ""
    exemplar.data.preparation.imageAxis = .first
    exemplar.data.preparation.patchHeight = 1
    exemplar.data.preparation.memory = 1
    exemplar.training.clippingNorm = 1
    let parameters = Priors.all.elements.flatMap { $0.parameters }
    exemplar.model.priorShape = Dictionary(
      parameters.map { ($0.name, $0.standard) }, uniquingKeysWith: { first, _ in first })
    return exemplar
  }
}
