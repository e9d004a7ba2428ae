import Compute
import Foundation
import ImageData
import Learning

/// One run of a study: a condition from one seed, in its own folder.
struct StudyRun: Sendable {
  let name: String
  let condition: Study.Condition
  let seed: UInt64
  let configuration: MethodConfiguration
  let url: URL

  enum Outcome {
    /// With a line that tells what came of it.
    case finished(String)
    case stopped
    /// With the reason.
    case diverged(String)
  }

  /// - Throws: a `RunError` where the folder holds a run of other settings.
  init(_ condition: Study.Condition, seed: UInt64, in folder: StudyFolder) throws {
    self.condition = condition
    self.seed = seed
    url = folder.runFolder(condition.name, seed: seed)
    name = url.lastPathComponent
    configuration = condition.configuration(seed: seed)
    if let existing = try existingFolder() { try checkSettings(of: existing) }
  }

  private func checkSettings(of existing: RunFolder) throws {
    let found = MethodConfiguration(try existing.method())
    if found == configuration { return }
    let lines = [found, configuration].map { configuration in
      configuration.method.yaml.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    let difference = zip(lines[0], lines[1]).first { $0 != $1 }.map { " (\($0), now \($1))" }
    throw RunError(
      file: existing.configurationFile,
      "was made with other settings than the study has now" + (difference ?? ""),
      remedy: "choose another folder with --out, or remove this run to train it again")
  }

  /// Whether the run came to its end and was measured.
  var isFinished: Bool { record != nil }

  /// What was measured; nil while the run is not finished.
  var record: RunRecord? {
    guard let folder = try? existingFolder(), folder.isFinished else { return nil }
    return RunRecord(in: folder)
  }

  /// About how much work the run is, in multiplications.
  var cost: Double { configuration.method.cost }

  /// Begins or goes on, and measures at the end.
  ///
  /// - Parameters:
  ///   - warning: told of checkpoints that are damaged, and passed over.
  ///   - progress: told the share that is done; false stops the run at a checkpoint.
  func train(
    on data: DataSet, warning: (String) -> Void, progress: @escaping (Double) -> Bool
  ) throws -> Outcome {
    try train(configuration.method, on: data, warning: warning, progress: progress)
  }

  private func train<Method: LearningMethod>(
    _ method: Method, on data: DataSet, warning: (String) -> Void,
    progress: @escaping (Double) -> Bool
  ) throws -> Outcome {
    let team = ThreadTeam(count: 1)
    let folder = try existingFolder()
    if let folder, folder.isFinished {
      // Interrupted after its end.
      return try finished(
        RunRecord.measured(TrainedRun<Method>(folder), on: data, team: team))
    }
    let run =
      if let folder {
        try Run(resuming: folder, method, data: data, team: team)
      } else {
        try Run(new: method, at: url, data: data, team: team)
      }
    for error in run.passedOver { warning("\(error); resuming from the checkpoint before") }
    var observer = Run<Method>.Observer()
    observer.step = { done, total in progress(Double(done) / Double(max(1, total))) }
    do {
      guard case .finished = try run.run(observer) else { return .stopped }
      return finished(try .measured(run.folder, team: team))
    } catch let error as any LearningDivergence {
      return .diverged("\(error)")
    }
  }

  private func finished(_ record: RunRecord) -> Outcome {
    let summary = record.summary
    return .finished(
      "\(summary.activeFilters) of \(summary.latents) filters active, \(summary.quality), "
        + String(format: "%.0f s", record.seconds))
  }

  /// The run's folder where there is one; where a start was broken off, there is none yet.
  private func existingFolder() throws -> RunFolder? {
    RunFolder.isStarted(url) ? try RunFolder(existing: url) : nil
  }
}
