/// What one training step is told beside its data.
public struct StepSettings: Sendable {
  /// The step's number, counted from 1.
  public var step: Int
  /// Learning rate of the encoder and of the scalars.
  public var learningRate: Double
  /// Learning rate of Φ and b.
  public var decoderLearningRate: Double
  /// β, the weight of the KL divergence.
  public var divergenceWeight: Double
  /// Whether σ and s move, of those that are learned at all.
  public var learnsScales: Bool

  /// The numbers of step 1, 2, …
  public init(
    step: Int, learningRate: Double, decoderLearningRate: Double, divergenceWeight: Double = 1,
    learnsScales: Bool = true
  ) {
    (self.step, self.learningRate) = (step, learningRate)
    (self.decoderLearningRate, self.divergenceWeight) = (decoderLearningRate, divergenceWeight)
    self.learnsScales = learnsScales
  }
}

/// What one training step found, in nats per patch, before its update.
public struct StepResult: Sendable, Equatable {
  /// E_q[−log p(x | z)]
  public var negativeLogLikelihood: Double
  /// KL(q ‖ p), without its weight β.
  public var divergence: Double
  /// ‖x − x̂‖², mean over patches.
  public var squaredError: Double

  /// −ELBO
  public var negativeELBO: Double { negativeLogLikelihood + divergence }
}
