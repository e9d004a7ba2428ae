import Foundation

/// A run's state on disk, so that it can go on to the same bits: `checkpoints/step-….safetensors`.
enum Checkpoint {
  /// Checkpoints that are kept in a run's folder, the newest ones.
  static let kept = 3

  /// The metadata's name of the configuration, as `config.yaml` writes it.
  static let configuration = "configuration"

  /// Writes the state after `step` steps, with the run's configuration, and removes the oldest
  /// beyond `kept`.
  static func write(
    _ state: Safetensors, _ configuration: some LearningMethod, step: Int, to folder: RunFolder
  ) throws {
    var state = state
    state.metadata[Self.configuration] = configuration.yaml
    let zeros = String(repeating: "0", count: max(0, 8 - "\(step)".count))
    try state.write(to: folder.checkpoints.appending(path: "step-\(zeros)\(step).safetensors"))
    for old in files(in: folder).dropLast(kept) { try? FileManager.default.removeItem(at: old) }
  }

  /// What `restore` makes of a run's newest checkpoint that it can use; nil where there is none at
  /// all.
  ///
  /// - Returns: also what is wrong with each that is newer.
  /// - Throws: a `RunError` that names the newest file where none can be used: they are damaged, or of
  ///   another model.
  static func newest<Learner>(
    in folder: RunFolder, restore: (Safetensors) throws -> Learner
  ) throws -> (learner: Learner, passedOver: [RunError])? {
    var passedOver: [RunError] = []
    for url in files(in: folder).reversed() {
      do {
        let file = try Safetensors(contentsOf: url)
        do {
          return (try restore(file), passedOver)
        } catch {
          throw RunError(
            file: url, "is not a checkpoint of this run: \(error)",
            remedy:
              "expected one that was saved with the settings in config.yaml, for the same data")
        }
      } catch let error as RunError {
        passedOver.append(error)
      }
    }
    if let error = passedOver.first { throw error }
    return nil
  }

  /// All checkpoints, the oldest first.
  static func files(in folder: RunFolder) -> [URL] {
    let entries =
      (try? FileManager.default.contentsOfDirectory(
        at: folder.checkpoints, includingPropertiesForKeys: nil)) ?? []
    return entries.filter {
      $0.pathExtension == "safetensors" && !$0.lastPathComponent.hasPrefix(".")
    }.sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
