import Compute
import Distributions
import RealModule

/// Latents of which mean, variance and divergence are closed, and no sample is needed.
public protocol MomentLayer: LatentLayer {
  /// Mean and variance of a latent, its divergence from the prior, and all their slopes.
  func moments(_ heads: SIMD4<Double>, priorScale: Double) -> LatentDraw
}

extension MomentLayer {
  public var isDivergenceClosed: Bool { true }
  public var hasMomentsOnly: Bool { true }

  public func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw {
    moments(heads, priorScale: priorScale)
  }

  public func expect(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw? {
    moments(heads, priorScale: priorScale)
  }
}

/// Latents whose noise passes a soft threshold, with a head for μ and one for ℓ = log τ.
public protocol ThresholdedLayer: MomentLayer {
  /// The prior's family.
  associatedtype Family: Prior

  /// p(z), with its scale and active share at the start.
  var prior: Family { get }
}

extension ThresholdedLayer {
  public var heads: [String] { ["mean", "log_scale"] }
  public var priorScale: Double { prior.scale }

  /// Latents begin as seldom active as the prior says.
  public var headStart: SIMD4<Double> { silentHeads(priorScale: priorScale) }

  /// μ = 0 and τ = s.
  public func silentHeads(priorScale: Double) -> SIMD4<Double> {
    SIMD4(0, Double.log(priorScale), 0, 0)
  }
}
