import Compute
import Distributions
import RealModule

/// Latents whose Laplace noise u passes a soft threshold λ: z = 0 where |u| ≤ λ, else
/// z = μ + sign(u)(|u| − λ), u ~ Laplace(0, τ), with a head for μ and one for ℓ = log τ.
///
/// The tail has no memory, so q is the spike and slab with γ = e^(−λ/τ): being surely active costs a
/// wide slab. λ = −s·log γ₀ at the start's s and γ₀, and stays; the prior's share is e^(−λ/s). With a
/// threshold of each latent's own, λ(x) = −τ log γ(x), this is `SpikeAndSlab`. Fallah & Rozell 2022,
/// here without samples.
public struct ThresholdedLaplace: ThresholdedLayer {
  /// p(z), with its scale and active share at the start.
  public var prior: SpikeAndSlabPrior
  /// The range in which ℓ is kept; outside it ℓ has no gradient.
  public var logScaleRange: ClosedRange<Float>

  /// - Parameter logScaleRange: must keep e^ℓ finite.
  public init(prior: SpikeAndSlabPrior, logScaleRange: ClosedRange<Float>) {
    (self.prior, self.logScaleRange) = (prior, logScaleRange)
  }

  public var noise: NoiseLaw { .laplace }

  /// logit e^(−x)
  private func logit(_ x: Double) -> Double { -x - .log(-.expMinusOne(-x)) }

  public func moments(_ heads: SIMD4<Double>, priorScale: Double) -> LatentDraw {
    let logScale = heads[1].clamped(to: logScaleRange)
    guard heads[0].isFinite, logScale.isFinite else { return .nothing }
    let scale = Double.exp(logScale)
    let (x, prior) = (self.prior.threshold / scale, self.prior.threshold / priorScale)
    var draw = Spike(logit: logit(x), priorLogit: logit(prior)).mixed(
      with: LaplacePosterior(mean: heads[0], scale: scale), priorScale: priorScale)
    // ∂ logit γ/∂ℓ = x/(1 − γ), and the same of γ₀ by log s.
    let slope = x / -Double.expMinusOne(-x)
    func carry(_ slopes: inout SIMD4<Double>) {
      slopes[1] = logScale == heads[1] ? slopes[1] + slopes[2] * slope : 0
      slopes[2] = 0
    }
    carry(&draw.slopes)
    carry(&draw.varianceSlopes)
    carry(&draw.divergenceSlopes)
    draw.scaleSlope += draw.numberSlope * prior / -Double.expMinusOne(-prior)
    draw.numberSlope = 0
    return draw
  }

  /// γ
  private func share(_ heads: SIMD4<Double>) -> Double {
    .exp(-prior.threshold / .exp(heads[1].clamped(to: logScaleRange)))
  }

  /// μ where γ > ½, else 0.
  public func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double {
    share(heads) > 0.5 ? heads[0] : 0
  }

  public func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double {
    guard stream.uniform() < share(heads) else { return 0 }
    return heads[0] + Double.exp(heads[1].clamped(to: logScaleRange)) * stream.laplace()
  }
}
