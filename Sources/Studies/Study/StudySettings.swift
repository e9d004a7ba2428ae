import Foundation
import ImageData
import Learning
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
    let type: any LearningMethod.Type = LearningMethods.all[method] ?? SparseVAEConfiguration.self
    return MethodConfiguration(try resolved(type))
  }

  private func resolved<Method: LearningMethod>(_ own: Node?) throws -> Method {
    var changes = SettingChanges<Method>()
    for node in shared {
      try changes.add(Self.part(of: node, for: Method.sections), file: file)
    }
    if let own { try changes.add(own, file: file) }
    for setting in settings where Self.counts(Self.section(of: setting), for: Method.sections) {
      try changes.add(setting: setting)
    }
    let given = changes.applied(to: .defaults(for: source.kind))
    var configuration = changes.applied(to: try given.base(for: source.kind))
    configuration.data.source = path
    configuration.resolve(for: source.kind)
    return configuration
  }

  /// Leaves out the sections that only other methods have.
  private static func part(of node: Node, for sections: Set<String>) -> Node {
    guard let mapping = node.mapping else { return node }
    return .mapping(
      Node.Mapping(
        mapping.filter { counts($0.key.string ?? "", for: sections) }, mapping.tag,
        mapping.style, mapping.mark))
  }

  /// Whether a section is a method's own, or no method's at all, which is then said.
  private static func counts(_ section: String, for own: Set<String>) -> Bool {
    own.contains(section)
      || !LearningMethods.all.elements.contains { $0.sections.contains(section) }
  }

  /// "training" of "training.epochs=3"
  private static func section(of setting: String) -> String {
    String(setting.prefix { !".=".contains($0) })
  }

  /// - Throws: a `RunError` where a setting of the command line says nothing to any condition.
  func checkUse(by methods: Set<String>) throws {
    let types = methods.compactMap { LearningMethods.all[$0] }
    let known = types.reduce(into: Set<String>()) { $0.formUnion($1.sections) }
    for setting in settings where !known.contains(Self.section(of: setting)) {
      throw RunError(
        "--set \(setting): no condition of the study has such settings",
        remedy: "expected one of \(known.sorted().joined(separator: ", "))")
    }
  }
}
