import Foundation
import ImageData
import Settings

/// Everything that determines a run, as a table of settings: what a way to learn filters declares
/// in order to be validated, read from files and command lines, and written to `config.yaml`.
public protocol Configuration: Configurable, Codable {
  /// Which data, and how patches are made of it.
  var data: DataSettings { get set }

  /// The defaults for photographs.
  init()

  /// What a run was made with whose stored configuration lacks a setting: the defaults, but for
  /// settings that came later and changed what is learned.
  static var ofEarlierRuns: Self { get }

  /// Checks the rules between settings, each of which is in its own range.
  ///
  /// - Throws: a `SettingError` that names the setting at odds with another.
  func checkRules() throws(SettingError)

  /// What is about to be learned, line by line, and what looks wrong.
  ///
  /// - Parameter pixels: of a patch.
  func header(pixels: Int, kind: PatchKind) -> String
}

extension Configuration {
  public static var ofEarlierRuns: Self { Self() }

  public mutating func resolve(for kind: PatchKind) {
    data.preparation.resolve(for: kind)
  }

  public func checkRules() throws(SettingError) {}

  /// - Throws: a `RunError` that names the first setting out of its range and the range.
  public func validate() throws {
    do {
      try Self.settings.validate(self)
      try data.preparation.checkRules()
      try checkRules()
    } catch {
      throw RunError(error.problem, remedy: "expected \(error.expected)")
    }
  }

  /// The configuration that a run's file states.
  ///
  /// - Throws: a `RunError` where the file cannot be read, or a setting is out of its range.
  public init(contentsOf file: URL) throws {
    var changes = SettingChanges<Self>()
    try changes.add(file: file)
    self = changes.applied(to: .ofEarlierRuns)
    try validate()
  }

  /// The settings' first words: "data", "model", "training".
  package static var sections: Set<String> {
    Set(settings.map { String($0.key.prefix { $0 != "." }) })
  }

  /// The configuration as YAML: every setting after a comment with its meaning and range, and every
  /// number in as many digits as it needs. Reading the text gives this configuration to the bit.
  public var yaml: String {
    var text = ""
    var sections: [Substring] = []
    for setting in Self.settings {
      let path = setting.key.split(separator: ".")
      let shared = zip(sections, path.dropLast()).prefix { $0 == $1 }.count
      sections = Array(path.dropLast())
      for depth in shared..<sections.count {
        text += String(repeating: "  ", count: depth) + "\(sections[depth]):\n"
      }
      let indent = String(repeating: "  ", count: sections.count)
      let name = setting.key.dropFirst(sections.joined(separator: ".").count + 1)
      let ifNull = setting.ifNull.map { "; null: \($0)" } ?? ""
      text += "\(indent)# \(setting.meaning) (\(setting.expected)\(ifNull))\n"
      text += "\(indent)\(name): \(setting.form(in: self).yaml)\n"
    }
    return text
  }
}
