import Foundation
import ImageData
import Yams

/// The settings of a study's conditions: layers over each method's defaults.
///
/// What the study, a preset or the command line sets for every condition counts for the methods
/// that have such a section; `training.epochs` says nothing to a dictionary.
struct StudySettings {
  /// Of the study, then of the preset.
  let shared: [Node]
  /// key=value, from the command line.
  let settings: [String]
  let source: DataSource
  /// The data's folder; nil is dead leaves.
  let path: String?
  let file: URL?

  /// - Parameters:
  ///   - method: its name.
  ///   - own: the condition's settings, which all must be its method's.
  func configuration(of method: String, own: Node?) throws -> MethodConfiguration {
    func resolved<Method: LearningMethod>(_ type: Method.Type) throws -> any LearningMethod {
      try self.resolved(own) as Method
    }
    let type: any LearningMethod.Type = LearningMethods.all[method] ?? RunConfiguration.self
    return MethodConfiguration(try resolved(type))
  }

  private func resolved<Method: LearningMethod>(_ own: Node?) throws -> Method {
    var layers = try Method.layers(over: .defaults(for: source.kind))
    for node in shared {
      try layers.apply(Self.part(of: node, for: layers.sections), file: file)
    }
    if let own { try layers.apply(own, file: file) }
    for setting in settings {
      if try Self.counts(Self.section(of: setting), for: layers.sections) {
        try layers.apply(setting: setting)
      }
    }
    var configuration = try layers.resolved()
    configuration.data.source = path
    configuration.resolve(for: source.kind)
    return configuration
  }

  /// Leaves out the sections that only other methods have.
  private static func part(of node: Node, for sections: Set<String>) throws -> Node {
    guard let mapping = node.mapping else { return node }
    return .mapping(
      Node.Mapping(
        try mapping.filter { try counts($0.key.string ?? "", for: sections) }, mapping.tag,
        mapping.style, mapping.mark))
  }

  /// Whether a section is a method's own, or no method's at all, which is then said.
  private static func counts(_ section: String, for own: Set<String>) throws -> Bool {
    try own.contains(section)
      || !LearningMethods.all.elements.contains {
        try LearningMethods.sections(of: $0).contains(section)
      }
  }

  /// "training" of "training.epochs=3"
  private static func section(of setting: String) -> String {
    String(setting.prefix { !".=".contains($0) })
  }

  /// - Throws: a `RunError` where a setting of the command line says nothing to any condition.
  func checkUse(by methods: Set<String>) throws {
    let types = methods.compactMap { LearningMethods.all[$0] }
    let known = try types.reduce(into: Set<String>()) {
      $0.formUnion(try LearningMethods.sections(of: $1))
    }
    for setting in settings where !known.contains(Self.section(of: setting)) {
      throw RunError(
        "--set \(setting): no condition of the study has such settings",
        remedy: "expected one of \(known.sorted().joined(separator: ", "))")
    }
  }
}
