import Files
import Foundation
import ImageData

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

  /// What `restore` makes of a run's newest checkpoint that is not damaged; nil where there is none at
  /// all.
  ///
  /// - Returns: also what is wrong with each that is newer.
  /// - Throws: a `RunError` that names the newest file where all are damaged, or one is of another
  ///   model; what has nothing to do with the file, such as too little memory.
  static func newest<Learner>(
    in folder: RunFolder, restore: (Safetensors) throws -> Learner
  ) throws -> (learner: Learner, passedOver: [RunError])? {
    var passedOver: [RunError] = []
    for url in files(in: folder).reversed() {
      try requireAccess(to: url)
      let file: Safetensors
      do {
        file = try Safetensors(contentsOf: url)
      } catch let error as RunError {
        passedOver.append(error)
        continue
      }
      do {
        return (try restore(file), passedOver)
      } catch let error as ImageDataError {
        throw error
      } catch {
        let mismatch = RunError(
          file: url, "is not a checkpoint of this run: \(error)",
          remedy: "expected one that was saved with the settings in config.yaml, for the same data")
        // With its checksum it is as it was written: those before are no better.
        if file.isVerified { throw mismatch }
        passedOver.append(mismatch)
      }
    }
    guard let error = passedOver.first else { return nil }
    let others = passedOver.count > 1 ? "; the \(passedOver.count - 1) before it are no better" : ""
    throw RunError(
      "\(error)\(others); copy the folder from where it is whole, or begin a new run with --config "
        + folder.configurationFile.shellPath)
  }

  /// - Throws: where this process may not read a file, which says nothing of what the file holds.
  private static func requireAccess(to url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
      close(descriptor)
    } else if [EACCES, EPERM, EMFILE, ENFILE, ENOMEM].contains(errno) {
      throw RunError(
        file: url, "cannot be read: \(systemFailure())",
        remedy: "nothing was changed; make it readable, then resume again")
    }
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
