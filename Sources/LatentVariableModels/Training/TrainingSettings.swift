import Compute

/// How the prior's scale s, and its share γ₀ of latents that are not zero, are learned.
public enum PriorScaleUpdate: String, Codable, CaseIterable, Sendable {
  /// By Adam, with the other parameters.
  case gradient
  /// By what fits the latents of late batches best (empirical Bayes): for a Laplace prior E|z|, over
  /// those that are not zero where some are, and their share.
  case empiricalBayes = "empirical-bayes"
}

/// How a model is trained. Each default is stated here, once.
public struct TrainingSettings: Codable, Hashable, Sendable {
  /// Passes over the training patches.
  public var epochs = 25
  /// Patches in a batch.
  public var batchSize = 64
  /// Adam's learning rate at the start.
  public var learningRate = 1e-3
  /// The decoder's learning rate over the encoder's.
  public var decoderRateFactor = 10.0
  /// How the learning rate falls.
  public var schedule = LearningRateSchedule.exponential
  /// The last learning rate over the first; constant schedules have none.
  public var finalRateRatio = 0.1
  /// Epochs over which the weight β of the KL divergence rises from 0 to 1.
  public var warmupEpochs = 2.0
  /// Epochs at the end of which filters that repeat another are reinitialised: the first ones, for the
  /// last new filters need the rest to learn. See `FilterRevival`.
  public var revivalEpochs = 0
  /// Of two filters with |cosine| above this, the later repeats the earlier.
  public var revivalSimilarity = 0.9
  /// Samples of z for each patch, where any are drawn.
  public var samples = 1
  /// Largest norm of the whole gradient; nil leaves it as it is.
  public var clippingNorm: Double?
  /// Whether σ is learned.
  public var learnsNoise = false
  /// Whether the prior's scale s is learned: one number for all latents.
  public var learnsPriorScale = false
  /// Whether γ₀ is learned, the share of latents that are not zero, of a prior that has one.
  public var learnsActiveShare = false
  /// How s and γ₀ are learned, where they are.
  public var priorScaleUpdate = PriorScaleUpdate.gradient
  /// The share of training from which on σ and s are learned: filters that have their form by then
  /// keep it, while scales that are learned from the start blur them.
  public var scalesFrom = 0.0
  /// The decoder's learning rate from there on over what it would be; 0 holds the filters.
  public var lateDecoderFactor = 1.0
  /// The share of training from which on a structured posterior has its covariance; before, latents
  /// are independent, which is faster and gives filters their form.
  public var structuredFrom = 0.0
  /// Adam's β₁, β₂ and ε.
  public var adam = Adam()
  /// The numbers in which a step multiplies.
  public var precision = Precision.float32
  /// Seed of the parameters' start, the shuffling and the posterior's noise.
  public var seed: UInt64 = 1

  /// The defaults.
  public init() {}

  /// Whether step `step` (1, 2, …) of an epoch's `stepsPerEpoch` comes before the structured
  /// posterior.
  func isEarly(_ step: Int, stepsPerEpoch: Int) -> Bool {
    progress(step, stepsPerEpoch) < structuredFrom
  }

  /// Whether scales may move at this step and could not before.
  func isFirstLate(_ step: Int, stepsPerEpoch: Int) -> Bool {
    progress(step, stepsPerEpoch) >= scalesFrom
      && (step == 1 || progress(step - 1, stepsPerEpoch) < scalesFrom)
  }

  private func progress(_ step: Int, _ stepsPerEpoch: Int) -> Double {
    Double(step - 1) / Double(max(1, stepsPerEpoch * epochs))
  }

  /// The numbers of step `step` (1, 2, …) of an epoch's `stepsPerEpoch`.
  func stepSettings(_ step: Int, stepsPerEpoch: Int) -> StepSettings {
    let progress = progress(step, stepsPerEpoch)
    // Each part of a training has the whole schedule.
    let part =
      progress < structuredFrom
      ? progress / structuredFrom : (progress - structuredFrom) / (1 - structuredFrom)
    let rate = learningRate * schedule.factor(progress: part, finalRatio: finalRateRatio)
    let isLate = progress >= scalesFrom
    let decoderFactor = decoderRateFactor * (isLate && scalesFrom > 0 ? lateDecoderFactor : 1)
    let warmup = warmupEpochs * Double(stepsPerEpoch)
    return StepSettings(
      step: step, learningRate: rate, decoderLearningRate: rate * decoderFactor,
      divergenceWeight: warmup > 0 ? min(1, Double(step) / warmup) : 1, learnsScales: isLate)
  }
}
