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

  /// What a new model's biases of the heads get beside their random start.
  var headStart: SIMD4<Double> { get }

  /// The most probable z: of posteriors with an atom the value of the greater part, of counts a count.
  func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double

  /// One z drawn from q.
  func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double
}

extension LatentLayer {
  public var headCount: Int { heads.count }
  public var headStart: SIMD4<Double> { .zero }

  /// The first head, a location.
  public func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double { heads[0] }

  /// By the noise that a step would draw.
  public func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double {
    draw(heads, noise: noise.sample(using: &stream), priorScale: priorScale).z
  }
}
