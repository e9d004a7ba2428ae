import Compute
import Filters
import Foundation
import LatentVariableModels

/// Trains a sparse coding VAE, an epoch at a time.
public struct SparseVAELearner: FilterLearner {
  private let trainer: Trainer
  private let validation: Matrix
  private let instruments: Instruments

  /// An epoch's objective in training, and the model on validation patches after it.
  public struct Epoch: LearningEpoch {
    public var number: Int { training.epoch }
    /// Steps done.
    public let step: Int
    /// The objective's terms, mean over the epoch's training patches.
    public let training: EpochSummary
    public let evaluation: FilterEvaluation?
  }

  init(
    _ configuration: SparseVAEConfiguration, on site: LearningSite, from checkpoint: Safetensors?
  ) throws {
    try configuration.requireMemory(pixels: site.data.preprocessing.pixels)
    let shape = try configuration.modelConfiguration(pixels: site.data.preprocessing.pixels)
    let constraint = try configuration.constraint
    let state = try checkpoint.map { try TrainerState($0, shape, constraint: constraint) }
    let first = try state == nil ? configuration.firstModel(shape, on: site.data.supply) : nil
    trainer = Trainer(
      shape, configuration.training, constraint: constraint,
      patches: site.data.supply, first: first, state: state, team: site.team)
    let progress = trainer.state.progress
    guard (0...configuration.training.epochs).contains(progress.epoch),
      (0..<trainer.stepsPerEpoch).contains(progress.stepInEpoch)
    else {
      throw RunError(
        "it is at step \(progress.stepInEpoch) after epoch \(progress.epoch)",
        remedy: "expected at most \(configuration.training.epochs) epochs of "
          + "\(trainer.stepsPerEpoch) steps")
    }
    // A few thousand patches tell an epoch's course well enough.
    validation = site.validationPatches(4096)
    instruments = site.instruments.atEpochsEnd
  }

  public var model: SparseVAE { trainer.model }

  public var lastEpoch: Int { trainer.state.progress.epoch }

  public var progress: (done: Int, total: Int) {
    let progress = trainer.state.progress
    return (
      progress.epoch * trainer.stepsPerEpoch + progress.stepInEpoch,
      trainer.settings.epochs * trainer.stepsPerEpoch
    )
  }

  public var checkpoint: Safetensors {
    get throws {
      let state = trainer.state
      return Safetensors(
        tensors: state.model.namedTensors + state.optimizer.namedTensors,
        metadata: ["progress": String(decoding: try json(state.progress), as: UTF8.self)])
    }
  }

  public mutating func learnEpoch(_ goesOn: (_ done: Int) -> Bool) throws -> Epoch? {
    let before = lastEpoch * trainer.stepsPerEpoch
    guard let summary = try trainer.runEpoch(afterStep: { goesOn(before + $0) }) else { return nil }
    return Epoch(
      step: progress.done, training: summary,
      evaluation: model.evaluation(on: validation, instruments))
  }
}

extension TrainingDiverged: LearningDivergence {}

extension TrainerState {
  /// The state that a checkpoint holds.
  ///
  /// - Throws: where it is another model's, or damaged.
  init(
    _ checkpoint: Safetensors, _ shape: ModelConfiguration, constraint: any FilterConstraint
  ) throws {
    var model = SparseVAE(shape, seed: 0)
    var optimizer = OptimizerState(for: model, constraint)
    try model.load(checkpoint.tensors)
    try optimizer.load(checkpoint.tensors)
    let progress = try JSONDecoder().decode(
      TrainingProgress.self, from: Data((checkpoint.metadata["progress"] ?? "").utf8))
    self.init(model: model, optimizer: optimizer, progress: progress)
  }
}
