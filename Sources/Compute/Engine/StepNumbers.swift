/// The numbers of one step, all that changes from one to the next beside the data.
///
/// Operations name none of them: an engine is given these before a step is walked. So one that runs
/// several models of equal shape side by side holds a set for each and walks the same step once.
package struct StepNumbers: Sendable {
  /// Of the latents' noise.
  package var seed: UInt64
  /// The step's number: another one draws other noise.
  package var step: UInt32
  /// What the noise is for.
  package var purpose: RandomPurpose
  /// Adam for the encoder and for the scalars.
  package var adam: AdamStep
  /// Adam for the decoder.
  package var decoderAdam: AdamStep
  /// β, the weight of the KL divergence.
  package var divergenceWeight: Double
  /// Samples of z in the batch: patches times samples for each.
  package var codes: Int
  /// Whether scalars have a gradient.
  package var learnsScales: Bool

  package init(
    seed: UInt64, step: UInt32, purpose: RandomPurpose, adam: AdamStep = AdamStep(),
    decoderAdam: AdamStep = AdamStep(), divergenceWeight: Double = 0, codes: Int = 1,
    learnsScales: Bool = true
  ) {
    (self.seed, self.step, self.purpose) = (seed, step, purpose)
    (self.adam, self.decoderAdam) = (adam, decoderAdam)
    (self.divergenceWeight, self.codes) = (divergenceWeight, codes)
    self.learnsScales = learnsScales
  }

  /// The weight of one patch and sample in the objective: 1/(patches · samples).
  package var share: Double { 1 / Double(codes) }

  /// The weight of its KL.
  package var weight: Double { divergenceWeight * share }
}

/// The part of a batch that is at work: so many patches that their activations stay in the cache.
public struct Chunk: Hashable, Sendable {
  /// Patches in this chunk.
  public let patches: Int
  /// Patches of the batch before it, a multiple of 32.
  public let start: Int
  /// Whether it is the batch's last: only then are parameters changed.
  public let isLast: Bool

  /// - Precondition: `start` is a multiple of 32.
  package init(patches: Int, start: Int = 0, isLast: Bool = true) {
    precondition(start % DenseLayout.lanes == 0, "a chunk that starts at patch \(start)")
    (self.patches, self.start, self.isLast) = (patches, start, isLast)
  }

  /// Whether gradients are stored for the first time.
  public var isFirst: Bool { start == 0 }
}

/// Sums over the batch, complete when its last chunk was walked; each term is weighted by its share.
package struct StepSums: Hashable, Sendable {
  /// ‖x − x̂‖², mean over patches and samples.
  package var squaredError = 0.0
  /// KL(q ‖ p), likewise.
  package var divergence = 0.0
  /// β · ∂KL/∂log s, likewise.
  package var scaleGradient = 0.0
  /// ∂KL/∂log ω, likewise.
  package var contrastGradient = 0.0
  /// β · ∂KL/∂ of a number that all latents' priors share, likewise.
  package var numberGradient = 0.0

  package init() {}
}
