import ArgumentParser
import Learning

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "List all settings, with defaults, ranges and meanings.",
    discussion: """
      Settings go into a file for --config, or after --set, as key=value. Where null is a value, \
      the setting then follows from others or from the data.
      """)

  /// A way to learn filters, called as its command is.
  struct Method: ExpressibleByArgument {
    let type: any LearningMethod.Type
    private static var all: [Method] { LearningMethods.all.elements.map(Method.init) }
    static var allValueStrings: [String] { all.map(\.defaultValueDescription) }

    init(_ type: any LearningMethod.Type) { self.type = type }

    init?(argument: String) {
      guard let method = Self.all.first(where: { $0.defaultValueDescription == argument })
      else { return nil }
      self = method
    }

    /// "sparse-code" of "svae sparse-code train"
    var defaultValueDescription: String {
      type.command?.split(separator: " ").dropLast().last.map(String.init) ?? type.name
    }
  }

  @Argument(help: "Of svae train, or of svae sparse-code train.")
  var method = Method(SparseVAEConfiguration.self)

  @Flag(help: "Print a JSON array, one object a setting.")
  var json = false

  func run() throws {
    func table<Content: LearningMethod>(_ type: Content.Type) -> SettingTable {
      SettingTable(type)
    }
    let table = table(method.type)
    print(json ? try table.json() : table.text)
  }
}
