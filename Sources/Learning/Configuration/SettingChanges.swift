import Foundation
import Settings
import Yams

/// Changes to a configuration, from files, single settings and options; later ones win.
///
/// They are read and checked once, and can be laid over any defaults.
public struct SettingChanges<Content: Configuration>: Sendable {
  private var changes: [Setting<Content>.Change] = []
  private let settings = Dictionary(uniqueKeysWithValues: Content.settings.map { ($0.key, $0) })

  /// No change yet.
  public init() {}

  /// The configuration with all changes made.
  public func applied(to defaults: Content) -> Content {
    changes.reduce(into: defaults) { $1(&$0) }
  }

  /// Adds a file's settings.
  ///
  /// - Throws: a `RunError` with file and line where the file is not YAML, has an unknown key, or a
  ///   value of the wrong kind.
  public mutating func add(file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw RunError(file: file, "no such file", remedy: "expected a configuration as YAML")
    }
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw RunError(file: file, "cannot be read as text", remedy: "expected YAML in UTF-8")
    }
    guard let settings = try composedYAML(text, file: file), settings.null == nil else { return }
    try add(settings, file: file)
  }

  /// Adds settings that stand within another file.
  ///
  /// - Parameter file: nil for a file that comes with the program.
  package mutating func add(_ settings: Node, file: URL?) throws {
    try add(settings, at: "") { node, problem, remedy in
      let line = node.mark.map { "line \($0.line): " } ?? ""
      return RunError(file: file, line + problem, remedy: remedy)
    }
  }

  /// Adds one setting of the form `training.epochs=30`.
  ///
  /// - Throws: a `RunError` that names the setting where there is no such key, or where its value
  ///   is of the wrong kind.
  public mutating func add(setting: String) throws {
    let key = setting.prefix { $0 != "=" }
    guard !key.isEmpty,
      let value = try? composedYAML(String(setting.dropFirst(key.count + 1)), file: nil)
    else {
      throw RunError("--set \(setting)", remedy: "expected key=value, such as training.epochs=30")
    }
    let settings = key.split(separator: ".").reversed().reduce(value) { value, word in
      Node([(Node(String(word)), value)])
    }
    try add(settings, at: "") { _, problem, remedy in
      RunError("--set \(setting): \(problem)", remedy: remedy)
    }
  }

  /// Adds any change.
  public mutating func add(_ change: @escaping Setting<Content>.Change) { changes.append(change) }

  /// - Parameter error: makes an error of where the fault lies, what is wrong, and what would be
  ///   right.
  private mutating func add(
    _ node: Node, at path: String, error: (Node, String, String) -> RunError
  ) throws {
    if let setting = settings[path] {
      do {
        changes.append(try setting.change(to: SettingForm(node)))
      } catch let fault {
        let element = fault.index.flatMap { node.sequence?[$0] } ?? node
        throw error(element, fault.problem(of: path), "expected \(fault.expected)")
      }
      return
    }
    let within = path.isEmpty ? "" : path + "."
    guard let mapping = node.mapping else {
      throw error(
        node, (path.isEmpty ? "" : "\(path): ") + "a value where keys belong",
        "expected \(words(after: within))")
    }
    for (key, value) in mapping {
      let inner = within + (key.string ?? "?")
      guard Content.settings.contains(where: { "\($0.key).".hasPrefix("\(inner).") }) else {
        let near = (Content.settings.map(\.key) + Content.sections).nearest(to: inner)
        throw error(
          key, "unknown setting \(inner)",
          near.map { "did you mean \($0)?" } ?? "expected one of \(words(after: within))")
      }
      try add(value, at: inner, error: error)
    }
  }

  /// "latents, encoder, prior": what may follow "model.".
  private func words(after path: String) -> String {
    var words: [String] = []
    for setting in Content.settings where setting.key.hasPrefix(path) {
      let word = String(setting.key.dropFirst(path.count).prefix { $0 != "." })
      if !words.contains(word) { words.append(word) }
    }
    return words.joined(separator: ", ")
  }
}

extension SettingForm {
  /// What stands in YAML.
  init(_ node: Node) {
    switch node {
    case .scalar(let scalar): self = node.null == nil ? .text(scalar.string) : .null
    case .sequence(let sequence): self = .list(sequence.map(SettingForm.init))
    case .mapping(let mapping):
      self = .map(
        Dictionary(
          mapping.map { ($0.key.string ?? "?", SettingForm($0.value)) },
          uniquingKeysWith: { _, last in last }))
    case .alias: self = .null
    }
  }
}
