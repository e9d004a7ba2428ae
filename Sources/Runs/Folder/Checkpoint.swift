import Filters
import Foundation
import SparseCodingVAE

/// A run's state on disk, so that it can go on to the same bits.
struct Checkpoint {
  /// Checkpoints that are kept in a run's folder, the newest ones.
  static let kept = 3

  var state: TrainerState

  /// Writes `checkpoints/step-….safetensors` and removes the oldest beyond `kept`.
  func write(to folder: RunFolder, step: Int) throws {
    var tensors = state.model.namedTensors
    tensors += state.optimizer.namedTensors
    try Safetensors(
      tensors: tensors,
      metadata: ["progress": String(decoding: try json(state.progress), as: UTF8.self)]
    ).write(to: Self.file(step: step, in: folder))
    try Self.removeOldest(in: folder)
  }

  /// Where the checkpoint after so many steps lies.
  static func file(step: Int, in folder: RunFolder) -> URL {
    let zeros = String(repeating: "0", count: max(0, 8 - "\(step)".count))
    return folder.checkpoints.appending(path: "step-\(zeros)\(step).safetensors")
  }

  /// Removes the oldest checkpoints beyond `kept`.
  static func removeOldest(in folder: RunFolder) throws {
    for old in try files(in: folder).dropLast(kept) {
      try? FileManager.default.removeItem(at: old)
    }
  }

  /// The newest checkpoint of a run; nil where there is none.
  ///
  /// - Throws: a `RunError` that names the file where it is damaged.
  static func newest(
    in folder: RunFolder, _ configuration: ModelConfiguration, constraint: any FilterConstraint
  ) throws -> Checkpoint? {
    guard let url = try files(in: folder).last else { return nil }
    let file = try Safetensors(contentsOf: url)
    var model = SparseVAE(configuration, seed: 0)
    var optimizer = OptimizerState(for: model, constraint)
    do {
      try model.load(file.tensors)
      try optimizer.load(file.tensors)
      let progress = try JSONDecoder().decode(
        TrainingProgress.self, from: Data((file.metadata["progress"] ?? "").utf8))
      return Checkpoint(
        state: TrainerState(model: model, optimizer: optimizer, progress: progress))
    } catch {
      throw RunError(
        file: url, "is no checkpoint of this run: \(error)",
        remedy: "remove it to go on from the one before")
    }
  }

  /// All checkpoints, the oldest first.
  static func files(in folder: RunFolder) throws -> [URL] {
    let entries =
      (try? FileManager.default.contentsOfDirectory(
        at: folder.checkpoints, includingPropertiesForKeys: nil)) ?? []
    return entries.filter { $0.pathExtension == "safetensors" && !$0.lastPathComponent.hasPrefix(".") }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
