import Compute

/// The latents of a model: which heads determine a posterior, how z is drawn from it, and what it
/// costs against the prior.
///
/// A layer states its mathematics for one latent (`draw`), in double precision. Batches go through
/// a compiled kernel where the layer names one; else through `draw`, which is slower and the same.
public protocol LatentLayer: LatentRule {
  /// What the encoder gives for each latent, in order: "mean", "log_scale". At most four.
  var heads: [String] { get }

  /// s, the prior's scale, at the start.
  var priorScale: Double { get }

  /// The heads of a latent that says nothing about any patch, at a prior of scale s.
  func silentHeads(priorScale: Double) -> SIMD4<Double>
}

extension LatentLayer {
  public var headCount: Int { heads.count }
}
