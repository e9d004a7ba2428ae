import ArgumentParser
import Foundation
import ImageData
import Runs

/// The options that make a configuration of learning, whatever learns.
protocol LearningOptions: ParsableArguments {
  associatedtype Configuration: LearningMethod

  /// A YAML file with settings.
  var config: String? { get }
  /// key=value
  var settings: [String] { get }

  /// Lays the options that were given over a configuration.
  func apply(to configuration: inout Configuration)
}

extension LearningOptions {
  /// Defaults for the kind of data, then the file, `--set`, options.
  func configuration(dataPath: String?) throws -> (Configuration, DataSource) {
    let file = config.map { URL(filePath: $0) }
    func layered(_ defaults: Configuration) throws -> Configuration {
      var layers = try Configuration.layers(over: defaults)
      if let file { try layers.apply(file: file) }
      for setting in settings { try layers.apply(setting: setting) }
      var configuration = try layers.resolved()
      configuration.data.source = dataPath ?? configuration.data.source
      apply(to: &configuration)
      return configuration
    }
    // The file may name the data, and the kind of data decides the defaults beneath the file.
    let source = try layered(Configuration()).data.open()
    let configuration = try layered(.defaults(for: source.kind))
    try configuration.validate()
    return (configuration, source)
  }

  /// Whether these options would change a run's configuration.
  func change(_ configuration: Configuration) -> Bool {
    var changed = configuration
    apply(to: &changed)
    return config != nil || !settings.isEmpty || changed != configuration
  }
}
