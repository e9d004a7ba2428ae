import Compute
import Filters

/// Trains a model epoch by epoch, each a shuffled pass over the training patches.
///
/// Where a run stands is `TrainerState`, a value: a trainer made from a saved one goes on to the
/// same bits as if it had never stopped.
public final class Trainer {
  /// How the model is trained.
  public let settings: TrainingSettings
  private var step: TrainingStep
  private let constraint: any FilterConstraint
  /// The family of q(z | x) once it is that of the configuration.
  private let posterior: PosteriorFamily
  private let supply: PatchSupply
  private let batch: Int
  private var progress: TrainingProgress
  private var order: EpochOrder

  /// - Parameters:
  ///   - data: training patches, `[patches, pixels]`.
  ///   - state: where to go on; nil begins with a fresh model.
  public convenience init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings,
    constraint: any FilterConstraint, data: Matrix, state: TrainerState? = nil, team: ThreadTeam
  ) {
    self.init(
      configuration, settings, constraint: constraint, patches: PatchSupply(data), state: state,
      team: team)
  }

  /// - Parameters:
  ///   - patches: training patches, in memory or shard by shard.
  ///   - first: the model to begin with; nil draws one from the seed.
  ///   - state: where to go on; nil begins.
  public init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings,
    constraint: any FilterConstraint, patches: PatchSupply, first: SparseVAE? = nil,
    state: TrainerState? = nil, team: ThreadTeam
  ) {
    precondition(
      patches.pixels == configuration.pixels,
      "patches of \(patches.pixels) pixels for a model of \(configuration.pixels)")
    self.settings = settings
    (self.constraint, posterior) = (constraint, configuration.posterior)
    supply = patches
    batch = patches.batch(settings.batchSize)
    step = TrainingStep(
      state?.model ?? first ?? SparseVAE(configuration, seed: settings.seed), settings,
      constraint: constraint, batch: batch, state: state?.optimizer, team: team)
    let progress = state?.progress ?? TrainingProgress()
    self.progress = progress
    order = EpochOrder(patches, batch: batch, seed: settings.seed, epoch: progress.epoch)
  }

  /// The model as it is now.
  public var model: SparseVAE { step.model }

  /// All that is needed to go on from here.
  public var state: TrainerState {
    TrainerState(model: step.model, optimizer: step.state, progress: progress)
  }

  /// Batches in an epoch; patches that do not fill a last batch are left for another epoch's order.
  public var stepsPerEpoch: Int {
    supply.shards.indices.reduce(0) { $0 + supply.steps(in: $1, batch: batch) }
  }

  /// Whether all epochs are done.
  public var isFinished: Bool { progress.epoch >= settings.epochs }

  /// Runs to the end of the present epoch.
  ///
  /// - Parameter afterStep: told the number of steps done in this epoch; false stops here, in the
  ///   middle of the epoch.
  /// - Returns: the epoch's means over its batches, or nil where it was stopped.
  /// - Throws: `TrainingDiverged` at the first step whose objective is not finite; nor is the model
  ///   left with parameters that are not. What the patches' supply throws.
  public func runEpoch(afterStep: (Int) -> Bool = { _ in true }) throws -> EpochSummary? {
    let stepsPerEpoch = stepsPerEpoch
    while progress.stepInEpoch < stepsPerEpoch {
      let number = progress.epoch * stepsPerEpoch + progress.stepInEpoch + 1
      takePosterior(of: number)
      if settings.isFirstLate(number, stepsPerEpoch: stepsPerEpoch) { step.takeNoiseProfile() }
      let result = try order.withBatch(progress.stepInEpoch) { patches, rows in
        step.run(patches, rows: rows, settings.stepSettings(number, stepsPerEpoch: stepsPerEpoch))
      }
      guard result.negativeELBO.isFinite else {
        throw TrainingDiverged(
          step: number, epoch: progress.epoch + 1, model: step.model, result: result)
      }
      progress.add(result)
      if !afterStep(progress.stepInEpoch), progress.stepInEpoch < stepsPerEpoch {
        try requireUsable()
        return nil
      }
    }
    if progress.epoch < settings.revivalEpochs {
      let revival = FilterRevival(similarity: settings.revivalSimilarity)
      revival.apply(to: step, patches: order.patchesAtHand(512), epoch: progress.epoch)
    }
    try requireUsable()
    let summary = progress.summary
    progress = TrainingProgress(epoch: progress.epoch + 1)
    order = EpochOrder(supply, batch: batch, seed: settings.seed, epoch: progress.epoch)
    // However few steps there were, a finished model has the posterior that was asked for.
    if isFinished { takePosterior(of: progress.epoch * stepsPerEpoch + 1) }
    return summary
  }

  /// Goes on with the posterior of a step: independent latents come before structured ones.
  private func takePosterior(of number: Int) {
    let isEarly = settings.isEarly(number, stepsPerEpoch: stepsPerEpoch)
    let family = posterior == .structured && isEarly ? .gaussian : posterior
    if step.model.configuration.posterior == family { return }
    step = TrainingStep(
      step.model.with(posterior: family), settings, constraint: constraint, batch: batch,
      state: step.state, team: step.team)
  }

  /// A step's objective is that before its update: what the last update left is not yet known.
  private func requireUsable() throws(TrainingDiverged) {
    if step.model.isUsable { return }
    throw TrainingDiverged(
      step: progress.epoch * stepsPerEpoch + progress.stepInEpoch, epoch: progress.epoch + 1,
      model: step.model, result: nil)
  }
}

/// Where a run stands.
public struct TrainerState: Sendable {
  /// The model as it is now.
  public var model: SparseVAE
  /// Adam's moments and the constraint's numbers.
  public var optimizer: OptimizerState
  /// How far the run has come.
  public var progress: TrainingProgress

  package init(model: SparseVAE, optimizer: OptimizerState, progress: TrainingProgress) {
    (self.model, self.optimizer, self.progress) = (model, optimizer, progress)
  }
}

/// How far a run has come, and the sums of its unfinished epoch.
public struct TrainingProgress: Codable, Hashable, Sendable {
  /// Epochs that are finished.
  public var epoch: Int
  /// Steps done in the epoch after them.
  public var stepInEpoch = 0
  private var negativeLogLikelihood = 0.0
  private var divergence = 0.0

  package init(epoch: Int = 0) { self.epoch = epoch }

  mutating func add(_ result: StepResult) {
    stepInEpoch += 1
    negativeLogLikelihood += result.negativeLogLikelihood
    divergence += result.divergence
  }

  var summary: EpochSummary {
    let count = Double(max(1, stepInEpoch))
    return EpochSummary(
      epoch: epoch + 1, negativeLogLikelihood: negativeLogLikelihood / count,
      divergence: divergence / count)
  }
}

/// An epoch's training objective, in nats per patch, mean over its batches as they were met.
public struct EpochSummary: Hashable, Sendable {
  /// 1 for the first epoch.
  public var epoch: Int
  /// E_q[−log p(x | z)]
  public var negativeLogLikelihood: Double
  /// KL(q ‖ p)
  public var divergence: Double

  /// −ELBO
  public var negativeELBO: Double { negativeLogLikelihood + divergence }
}
