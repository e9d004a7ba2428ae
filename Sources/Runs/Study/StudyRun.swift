import Compute
import Foundation
import ImageData
import SparseCodingVAE

/// One run of a study: a condition from one seed, in a folder of its own.
struct StudyRun: Sendable {
  let name: String
  let condition: Study.Condition
  let seed: UInt64
  let configuration: RunConfiguration
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
    let found = try existing.configuration()
    if found == configuration { return }
    let texts = try [found, configuration].map(ConfigurationFile<RunConfiguration>.text)
    let lines = texts.map { text in
      text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
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
  var record: RunRecord? { (try? existingFolder()).flatMap { $0 }.flatMap(RunRecord.init) }

  /// About how much work the run is, in multiplications.
  var cost: Double {
    let side = Double(configuration.data.preparation.patchSize)
    let encoder = configuration.model.encoder
    let widths = [side * side] + (encoder.trunk + encoder.mean + encoder.logScale).map(Double.init)
    let latents = Double(configuration.model.latents)
    let weights = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      + latents * (2 * (widths.last ?? 0) + side * side)
    return weights * Double(
      configuration.training.epochs * configuration.data.preparation.patches
        * configuration.training.samples)
  }

  /// Begins or goes on, and measures at the end.
  ///
  /// - Parameter progress: told the share that is done; false stops the run at a checkpoint.
  func train(on data: DataSet, progress: @escaping (Double) -> Bool) throws -> Outcome {
    let team = ThreadTeam(count: 1)
    let folder = try existingFolder()
    if let folder, FileManager.default.fileExists(atPath: folder.environmentFile.path) {
      return try record(TrainedRun(folder), data, team)
    }
    let run =
      if let folder {
        try TrainingRun(resuming: folder, configuration, data: data, team: team)
      } else {
        try TrainingRun(new: configuration, at: url, data: data, team: team)
      }
    var observer = TrainingRun.Observer()
    observer.step = { done, total in progress(Double(done) / Double(max(1, total))) }
    do {
      switch try run.run(observer) {
      case .stopped: return .stopped
      case .finished(let evaluation): return try record(evaluation, run.folder, data, team)
      }
    } catch let error as TrainingDiverged {
      return .diverged("\(error)")
    }
  }

  /// Measures a run that was interrupted after its end.
  private func record(_ run: TrainedRun, _ data: DataSet, _ team: ThreadTeam) throws -> Outcome {
    try record(ModelEvaluation(run, on: data, team: team), run.folder, data, team)
  }

  private func record(
    _ evaluation: ModelEvaluation, _ folder: RunFolder, _ data: DataSet, _ team: ThreadTeam
  ) throws -> Outcome {
    let metrics = try MetricsTable(contentsOf: folder.metricsFile, through: .max)
    let record = RunRecord(
      evaluation, data: data, seconds: metrics.trainingSeconds, team: team)
    try record.write(to: folder)
    let summary = record.summary
    return .finished(
      String(
        format: "%d of %d filters active, −ELBO %.2f nats, SNR %.2f dB, %.0f s",
        summary.activeFilters, summary.latents, -summary.elbo, summary.snrDecibels,
        record.seconds))
  }

  /// The run's folder where there is one.
  ///
  /// A folder without a configuration is what an interruption at the very start leaves behind; it
  /// holds nothing and is removed.
  private func existingFolder() throws -> RunFolder? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    if entries == ["checkpoints"] || entries.isEmpty {
      try? FileManager.default.removeItem(at: url)
      return nil
    }
    return try RunFolder(existing: url)
  }
}
