import Compute
import Evaluation
import Figures
import Files
import Foundation
import ImageData
import SparseCodingVAE

/// A run from its configuration to its last picture.
public struct TrainingRun {
  public let folder: RunFolder
  public let configuration: RunConfiguration
  public let data: DataSet
  /// Whether the run's course is also written for TensorBoard, into `RUN/tensorboard`; a resumed
  /// run goes on with it where it was.
  public var writesTensorBoard: Bool
  private let trainer: Trainer
  private let noiseTest: NoiseTest
  private let team: ThreadTeam
  private let started = Date()

  /// What happens in a run, for whoever shows it.
  public struct Observer {
    /// Told after every step: steps done and steps in all. False stops the run at a checkpoint.
    public var step: (_ done: Int, _ of: Int) -> Bool = { _, _ in true }
    public var epoch: (MetricsRow) -> Void = { _ in }

    public init() {}
  }

  /// How a run ended.
  public enum Outcome {
    case finished(ModelEvaluation)
    /// Stopped after so many epochs; `resume` goes on.
    case stopped(epoch: Int)
  }

  /// Begins a run in a new folder.
  public init(
    new configuration: RunConfiguration, at url: URL, data: DataSet, team: ThreadTeam
  ) throws {
    try RunFolder.checkIsFree(url)
    try ModelEvaluation.requireMeasurable(data.preprocessing)
    var configuration = configuration
    configuration.data.preparation = data.configuration
    try configuration.validate()
    try self.init(
      RunFolder.create(at: url, configuration), configuration, data, state: nil, team: team)
  }

  /// Goes on with a run from its newest checkpoint.
  ///
  /// - Throws: a `RunError` where there is a model without any, which would be lost.
  public init(
    resuming folder: RunFolder, _ configuration: RunConfiguration, data: DataSet, team: ThreadTeam
  ) throws {
    let checkpoint = try Checkpoint.newest(
      in: folder, configuration.modelConfiguration(pixels: data.preprocessing.pixels),
      constraint: configuration.constraint)
    if checkpoint == nil, FileManager.default.fileExists(atPath: folder.modelFile.path) {
      throw RunError(
        file: folder.url, "holds a model, but no checkpoint to go on from",
        remedy: "an imported model cannot be trained further; begin a new run")
    }
    try self.init(folder, configuration, data, state: checkpoint?.state, team: team)
  }

  private init(
    _ folder: RunFolder, _ configuration: RunConfiguration, _ data: DataSet, state: TrainerState?,
    team: ThreadTeam
  ) throws {
    self.folder = folder
    self.configuration = configuration
    self.data = data
    self.team = team
    writesTensorBoard = FileManager.default.fileExists(
      atPath: TensorBoardLog.folder(of: folder).path)
    noiseTest = ModelEvaluation.noiseTest(
      for: data.preprocessing, patches: data.train, team: team)
    trainer = try Trainer(
      configuration.modelConfiguration(pixels: data.preprocessing.pixels), configuration.training,
      constraint: configuration.constraint, patches: data.supply, state: state, team: team)
  }

  /// Trains to the end, or until the observer says stop.
  ///
  /// - Throws: `TrainingDiverged`, with the last good checkpoint kept; `RunError` where a file
  ///   cannot be written.
  public func run(_ observer: Observer) throws -> Outcome {
    var metrics = try MetricsTable(
      contentsOf: folder.metricsFile, through: trainer.state.progress.epoch)
    let total = trainer.stepsPerEpoch * configuration.training.epochs
    let start = trainer.state.progress
    let log =
      writesTensorBoard && !trainer.isFinished
      ? try TensorBoardLog(
        folder, after: start.epoch * trainer.stepsPerEpoch + start.stepInEpoch,
        epochs: configuration.training.epochs, data.preprocessing) : nil
    while !trainer.isFinished {
      let epoch = trainer.state.progress.epoch
      let summary = try trainer.runEpoch { step in
        observer.step(epoch * trainer.stepsPerEpoch + step, total)
      }
      let progress = trainer.state.progress
      let step = progress.epoch * trainer.stepsPerEpoch + progress.stepInEpoch
      var measured: (row: MetricsRow, evaluation: ModelEvaluation)?
      if let summary {
        let evaluation = ModelEvaluation(
          trainer.model, on: validationPatches, noiseTest: noiseTest, team: team)
        let row = MetricsRow(
          epoch: summary.epoch, step: step, training: summary,
          validation: EvaluationSummary(evaluation), model: trainer.model,
          seconds: Date().timeIntervalSince(started))
        metrics.add(row)
        observer.epoch(row)
        measured = (row, evaluation)
      }
      try Checkpoint(state: trainer.state).write(to: folder, step: step)
      try metrics.write(to: folder.metricsFile)
      // After the checkpoint: a run that stops in between leaves an epoch out, and none twice.
      if let measured { try log?.add(measured.row, measured.evaluation) }
      if summary == nil { return .stopped(epoch: progress.epoch) }
    }
    let evaluation = ModelEvaluation(
      trainer.model, on: data.test.rows > 0 ? data.test : validationPatches,
      noiseTest: noiseTest, gaborFitter: ModelEvaluation.gaborFitter(for: data.preprocessing),
      team: team)
    try folder.save(trainer.model, data.preprocessing)
    try RunPictures(evaluation, data.preprocessing, metrics).write(to: folder)
    try AtomicFile.write(
      try json(
        Environment(
          threads: team.count, started: started, seconds: Date().timeIntervalSince(started)),
        pretty: true), to: folder.environmentFile)
    return .finished(evaluation)
  }

  /// A few thousand patches tell an epoch's course well enough.
  private var validationPatches: Matrix {
    let patches = data.validation.rows > 0 ? data.validation : data.train
    return patches.rows > 4096 ? patches.selectingRows(0..<4096) : patches
  }
}
