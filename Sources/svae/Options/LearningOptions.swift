import ArgumentParser
import Foundation
import ImageData
import Learning

/// The options that make a configuration of learning, whatever learns.
protocol LearningOptions: ParsableArguments {
  associatedtype Content: LearningMethod

  /// Files and single settings.
  var layers: SettingOptions { get }

  /// What the options give, in order; nil where one was not given.
  var given: [Given<Content>?] { get }

  /// Gives settings their value that options tell in terms of a patch's size.
  func fit(_ configuration: inout Content, pixels: Int)
}

extension LearningOptions {
  func fit(_ configuration: inout Content, pixels: Int) {}
}

/// Settings by their keys.
struct SettingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A YAML file with settings, such as a run's config.yaml.", valueName: "file")
  )
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting by its key, such as data.border=8; may be repeated. 'svae settings' lists all keys.",
      valueName: "key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Whose defaults to take: photographs or small-images. (default: by the kind of data; for \
      patches by their spectrum)
      """, valueName: "kind"))
  var defaults: DefaultsKind?
}

extension DefaultsKind: ExpressibleByArgument {}

extension LearningOptions {
  /// What the file, `--set` and the options say, in this order.
  private func changes(dataPath: String? = nil) throws -> SettingChanges<Content> {
    var changes = SettingChanges<Content>()
    if let config = layers.config { try changes.add(file: URL(filePath: config)) }
    for setting in layers.settings { try changes.add(setting: setting) }
    if let dataPath { changes.add { $0.data.source = dataPath } }
    for case let given? in given { changes.add(given.change) }
    return changes
  }

  /// The data, and the settings laid over the defaults for its kind; where these are not obvious,
  /// the console says which.
  func configuration(dataPath: String?, _ console: Console) throws -> (Content, DataSource) {
    let changes = try changes(dataPath: dataPath)
    let given = changes.applied(to: .defaults(for: .cut))
    let source = try given.data.open()
    let (base, note) = try given.base(for: source, layers.defaults)
    let configuration = changes.applied(to: base)
    try configuration.validate()
    if let note { console.say("defaults      \(note)") }
    return (configuration, source)
  }

  /// A run's configuration to resume it with: its own, or one with more steps where these options
  /// say so.
  ///
  /// - Throws: a `ValidationError` where they would change anything else; a `RunError` where
  ///   `config.yaml` was changed.
  func configuration(resuming folder: RunFolder) throws -> Content {
    let own = try folder.configuration(of: Content.self)
    let trained = try folder.trainedConfiguration() ?? own
    if !own.extends(trained) { try folder.check(own, against: trained) }
    let changes = try changes()
    let wanted = changes.applied(to: own)
    // Only what is given on the command line makes a run longer.
    let isLonger = wanted.extends(trained) && changes.applied(to: trained).extends(trained)
    guard layers.config == nil, wanted == own || isLonger else {
      throw ValidationError(
        "--resume uses the settings in \(folder.configurationFile.relativePath): they cannot be "
          + "changed\(Content.length.map { ", but for a larger \($0)" } ?? ""). "
          + "For other settings, start a new run.")
    }
    if !isLonger { try folder.check(own, against: trained) }
    try wanted.validate()
    return wanted
  }
}
