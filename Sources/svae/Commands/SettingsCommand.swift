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

  /// What can be trained, each by its own command.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case svae
    case sparseCode = "sparse-code"
  }

  @Argument(help: "Of svae train, or of svae sparse-code train.")
  var method = Method.svae

  @Flag(help: "Print a JSON array, one object a setting.")
  var json = false

  func run() throws {
    let table =
      switch method {
      case .svae: SettingTable(RunConfiguration.self)
      case .sparseCode: SettingTable(DictionaryConfiguration.self)
      }
    print(json ? try table.json() : table.text)
  }
}
