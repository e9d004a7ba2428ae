import Foundation
import ImageData
import Learning
import Yams

/// Reads a study from YAML.
///
///     title: Unit norm against none
///     claim: Unit norm keeps more filters active.
///     data: photos/                      # as for svae train; left out, generated images
///     patches: cut                       # what the data must be: whole where each image is one
///     seeds: 5                           # 1 … 5, or a list
///     settings: {training: {epochs: 20}} # of every condition, over the defaults
///     conditions:
///       - name: none
///         settings: {model: {constraint: none}}
///       - name: unit-norm                # the defaults
///     grid: {model.latents: [100, 400]}  # and conditions that are combinations of values
///     contrast: {from: none, to: unit-norm, measure: activeFilters, expects: more}
///     presets:
///       quick: {seeds: 2, settings: {training: {epochs: 5}}, conditions: [none, unit-norm]}
///
/// A condition may have a `title`, a `factor` and its own `seeds`, and a `method`: `svae`, or
/// `sparse-coding` for a dictionary, whose settings are those of `svae sparse-code train`. A
/// condition's settings win over the preset's, which win over the study's. docs/Studies.md tells all.
public struct StudyFile {
  private let root: Fields
  private let file: URL?

  private static let keys: Set<String> = [
    "title", "claim", "data", "patches", "otherwise", "seeds", "settings", "conditions",
    "grid", "contrast", "presets",
  ]
  private static let conditionKeys: Set<String> = [
    "name", "title", "factor", "method", "seeds", "settings",
  ]
  private static let presetKeys: Set<String> = ["seeds", "settings", "conditions"]

  /// - Throws: a `RunError` with file and line where the file is not YAML or has an unknown key.
  public init(file: URL) throws {
    do {
      try self.init(text: String(contentsOf: file, encoding: .utf8), file: file)
    } catch let error as CocoaError {
      throw RunError(
        file: file, "cannot be read: \(error.localizedDescription)",
        remedy: "expected a study as YAML, or one of \(BuiltInStudy.names)")
    }
  }

  init(text: String, file: URL?) throws {
    self.file = file
    guard let node = try composedYAML(text, file: file) else {
      throw RunError(file: file, "is empty", remedy: "expected a study with conditions")
    }
    root = try Fields(node, known: Self.keys, of: "a study", file: file)
  }

  /// The study with everything resolved.
  ///
  /// - Throws: a `RunError` that names the file and line of what is wrong, or the data that is
  ///   missing.
  public func study(_ options: StudyOptions = StudyOptions()) throws -> Study {
    let preset = try self.preset(options.preset)
    let data = try StudyData.Place(
      options.data ?? root.string("data"), isGiven: options.data != nil,
      otherwise: root.string("otherwise"), folder: options.dataFolder)
    let source = try DataSource.open(path: data.path)
    try checkKind(of: source)
    let settings = StudySettings(
      shared: [root.node("settings"), preset?.node("settings")].compactMap { $0 },
      settings: options.settings, source: source, path: data.path, file: file)
    var methods: Set<String> = []
    let chosen = try preset?.strings("conditions")
    var conditions: [Study.Condition] = []
    for draft in try drafts {
      if let chosen, !chosen.contains(draft.name) { continue }
      try checkName(draft, among: conditions)
      methods.insert(draft.method)
      let configuration = try settings.configuration(of: draft.method, own: draft.settings)
      do {
        try configuration.method.validate()
      } catch {
        throw RunError(file: file, draft.place + "condition \(draft.name): \(error)")
      }
      let seeds =
        try options.seeds.map { (1...UInt64(max(1, $0))).map { $0 } }
        ?? preset?.seeds ?? draft.seeds ?? root.seeds ?? [1, 2, 3, 4, 5]
      conditions.append(
        Study.Condition(
          name: draft.name, factor: draft.factor, title: draft.title, seeds: seeds,
          configuration: configuration))
    }
    try checkChoice(chosen, conditions)
    try settings.checkUse(by: methods)
    return Study(
      title: try root.string("title") ?? file?.deletingPathExtension().lastPathComponent ?? "Study",
      claim: try root.string("claim") ?? "", dataNote: data.note, conditions: conditions,
      contrast: try contrast(among: conditions))
  }

  /// A condition as the file says it.
  private struct Draft {
    let place: String
    let name: String
    let factor: String
    let title: String
    let method: String
    let seeds: [UInt64]?
    let settings: Node?
  }

  /// The conditions that are listed, then those of the grid.
  private var drafts: [Draft] {
    get throws {
      let listed = try root.sequence("conditions").map { node in
        let fields = try Fields(node, known: Self.conditionKeys, of: "a condition", file: file)
        guard let name = try fields.string("name") else {
          throw RunError(file: file, fields.place + "a condition has no name")
        }
        return Draft(
          place: fields.place, name: name, factor: try fields.string("factor") ?? "condition",
          title: try fields.string("title") ?? name, method: try method(of: fields),
          seeds: try fields.seeds, settings: fields.node("settings"))
      }
      guard let node = root.node("grid") else { return listed }
      let grid = try StudyGrid(node, file: file)
      let place = node.mark.map { "line \($0.line): " } ?? ""
      return listed
        + grid.cells.map { cell in
          Draft(
            place: place, name: cell.name, factor: grid.factor, title: cell.title,
            method: grid.method, seeds: nil, settings: cell.settings)
        }
    }
  }

  private func checkKind(of source: DataSource) throws {
    guard let word = try root.string("patches") else { return }
    guard let kind = PatchKind(rawValue: word) else {
      throw RunError(file: file, "patches is \(word)", remedy: "expected cut or whole")
    }
    guard source.kind != kind else { return }
    switch kind {
    case .cut:
      throw RunError(
        "\(source.title): each image is a patch", remedy: "the study cuts patches from photographs")
    case .whole:
      throw RunError(
        "\(source.title): larger images",
        remedy: "in the study each image is a patch, such as a digit of an IDX file")
    }
  }

  private func preset(_ name: String?) throws -> Fields? {
    guard let name else { return nil }
    let presets = try root.node("presets").map { try Fields($0, known: nil, of: "", file: file) }
    guard let node = presets?.node(name) else {
      throw RunError(
        file: file, "has no preset \(name)",
        remedy: "expected \(presets?.names ?? "a study with presets")")
    }
    return try Fields(node, known: Self.presetKeys, of: "a preset", file: file)
  }

  private func contrast(among conditions: [Study.Condition]) throws -> Study.Contrast? {
    guard let node = root.node("contrast") else { return nil }
    let fields = try Fields(
      node, known: ["from", "to", "measure", "expects"], of: "a contrast", file: file)
    guard let from = try fields.string("from"), let to = try fields.string("to") else {
      throw RunError(
        file: file, fields.place + "a contrast needs two conditions",
        remedy: "expected contrast: {from: none, to: unit-norm}")
    }
    for name in [from, to] where !conditions.contains(where: { $0.name == name }) {
      throw RunError(
        file: file, fields.place + "contrast: \(name) is not a condition",
        remedy: "expected one of \(conditions.map(\.name).joined(separator: ", "))")
    }
    var contrast = Study.Contrast(from: from, to: to)
    contrast.measure = try fields.string("measure") ?? contrast.measure
    if Measure.named(contrast.measure) == nil {
      throw RunError(
        file: file, fields.place + "contrast: \(contrast.measure) is not a measure",
        remedy: "expected one of \(Measure.inTables.map(\.name).joined(separator: ", "))")
    }
    if let word = try fields.string("expects") {
      contrast.expects = Measure.Direction(rawValue: word)
      if contrast.expects == nil {
        throw RunError(
          file: file, fields.place + "contrast: expects is \(word)",
          remedy: "expected more or less, of \(contrast.measure)")
      }
    }
    return contrast
  }

  private func method(of condition: Fields) throws -> String {
    guard let word = try condition.string("method") else { return SparseVAEConfiguration.name }
    guard LearningMethods.all[word] != nil else {
      throw RunError(
        file: file, condition.place + "method is \(word)",
        remedy: "expected one of \(LearningMethods.names)")
    }
    return word
  }

  private func checkName(_ draft: Draft, among conditions: [Study.Condition]) throws {
    let name = draft.name
    // Names become folders' names.
    let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "-_.+".contains($0) }
    if name.isEmpty || !isPlain || name.hasPrefix(".") {
      throw RunError(
        file: file, draft.place + "a condition's name is \"\(name)\"",
        remedy: "expected letters, digits, - and _")
    }
    if conditions.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      throw RunError(file: file, draft.place + "there are two conditions \(name)")
    }
  }

  private func checkChoice(_ chosen: [String]?, _ conditions: [Study.Condition]) throws {
    if let missing = chosen?.first(where: { name in !conditions.contains { $0.name == name } }) {
      throw RunError(file: file, "a preset names \(missing), which is no condition")
    }
    if conditions.isEmpty {
      throw RunError(file: file, "has no conditions", remedy: "expected conditions: [{name: …}]")
    }
  }
}
