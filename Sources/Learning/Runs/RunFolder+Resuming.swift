import Files
import Foundation

extension RunFolder {
  /// The lock of whoever trains the run.
  ///
  /// - Throws: a `RunError` where another process does.
  func lock() throws -> FileLock {
    guard let lock = FileLock.taken(on: configurationFile) else {
      throw RunError(
        file: url, "is being trained by another process",
        remedy: "wait until that ends, or stop it (Ctrl-C saves a checkpoint), then resume")
    }
    return lock
  }

  /// - Throws: a `RunError` where another process trains the run.
  package func checkIsNotTrained() throws { _ = try lock() }

  /// The configuration with which the run came to its newest checkpoint, or to its model; nil where
  /// there is neither, or they are of a version that did not store it.
  package func trainedConfiguration<Method: LearningMethod>() throws -> Method? {
    for file in Checkpoint.files(in: self).reversed() + [modelFile] {
      guard let text = try? Safetensors(contentsOf: file).metadata[Checkpoint.configuration] else {
        continue
      }
      return try Method(yaml: text, file: file)
    }
    return nil
  }

  /// Checks that a run goes on as it began: all settings are as they were, but where the data lies.
  ///
  /// - Parameters:
  ///   - configuration: what the run is to go on with.
  ///   - trained: what it came with to its newest checkpoint.
  /// - Throws: a `RunError` that names the settings that differ.
  package func check<Method: LearningMethod>(
    _ configuration: Method, against trained: Method
  ) throws {
    let changes = configuration.differences(from: trained)
    if changes.isEmpty { return }
    let list = changes.prefix(3).map { "\($0.key) is \($0.new), was \($0.old)" }
      .joined(separator: "; ")
    let more = changes.count > 3 ? "; and \(changes.count - 3) more" : ""
    let remedy =
      configuration.extends(trained)
      ? "to train on, say so with --resume: --\(changes[0].key.split(separator: ".").last ?? "") "
        + changes[0].new
      : "undo this to resume, or start a new run with --config \(configurationFile.shellPath)"
    throw RunError(
      file: configurationFile, "was changed since the run started: \(list)\(more)",
      remedy: remedy)
  }

  /// Checks that the model is of the settings in `config.yaml`, as far as they are its own: data and
  /// length may differ.
  ///
  /// - Throws: a `RunError` that names the settings that differ.
  func check<Method: LearningMethod>(
    _ configuration: Method, ofModel trained: Method
  ) throws {
    let changes = configuration.differences(from: trained)
      .filter { !$0.key.hasPrefix("data.") && $0.key != Method.length }
    guard let first = changes.first else { return }
    throw RunError(
      file: configurationFile,
      "was changed since the model was trained: \(first.key) is \(first.new), was \(first.old)",
      remedy: "undo this; the model's own settings are in \(modelFile.lastPathComponent)")
  }

  /// Makes a run that may be finished one that is not: with a configuration that says more steps.
  func extend(to configuration: some LearningMethod) throws {
    try AtomicFile.write(Data(configuration.yaml.utf8), to: configurationFile)
    RunChecksums(self).remove()
    // The last file that a finished run writes.
    try? FileManager.default.removeItem(at: environmentFile)
  }
}

/// A setting that two configurations differ in, as `config.yaml` writes it.
package struct SettingDifference: Hashable, Sendable {
  /// "training.learningRate"
  package var key: String
  package var old: String
  package var new: String
}

extension LearningMethod {
  /// The settings that are not as in `other`, but for the place of the data.
  package func differences(from other: Self) -> [SettingDifference] {
    Self.settings.compactMap { setting in
      let (old, new) = (setting.form(in: other), setting.form(in: self))
      return old == new || setting.key == "data.source"
        ? nil : SettingDifference(key: setting.key, old: old.yaml, new: new.yaml)
    }
  }

  /// Whether this is the same run as `other`, only longer.
  package func extends(_ other: Self) -> Bool {
    let changes = differences(from: other)
    guard changes.count == 1, changes[0].key == Self.length, let new = Int(changes[0].new),
      let old = Int(changes[0].old)
    else { return false }
    return new > old
  }
}

extension Configuration {
  /// The configuration that a text of a run states.
  ///
  /// - Parameter file: where the text stands, for errors.
  init(yaml text: String, file: URL) throws {
    var changes = SettingChanges<Self>()
    if let node = try composedYAML(text, file: file), node.null == nil {
      try changes.add(node, file: file)
    }
    self = changes.applied(to: .ofEarlierRuns)
  }
}
