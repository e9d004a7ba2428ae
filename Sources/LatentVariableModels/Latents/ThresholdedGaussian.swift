import Compute
import Distributions
import RealModule

/// Latents whose Gaussian noise u passes a soft threshold λ: z = 0 where |u| ≤ λ, else
/// z = μ + sign(u)(|u| − λ), u ~ N(0, τ²), with a head for μ and one for ℓ = log τ.
///
/// With α = λ/τ, γ = 2Φ(−α) and p = 2φ(α) the mean is γμ, E z² = γμ² + B with B = τ²(γ(1 + α²) − αp),
/// and E|z| = γ|μ| + R with R = 2(τφ(κ) − cΦ(−κ)), c = λ + |μ|, κ = c/τ. Against the prior with the same
/// threshold, (1 − γ₀)·δ₀ + N(|z| + λ; 0, s²), γ₀ = 2Φ(−λ/s), the divergence is closed as well:
///
///     KL = −(γ + αp)/2 + γ log(s/τ) + (γμ² + B + 2λE|z| + λ²γ)/2s² + (1 − γ) log((1 − γ)/(1 − γ₀)).
///
/// λ is that of the prior at the start, and stays. Fallah & Rozell 2022 sample it and take the
/// divergence of u, a bound; here neither.
public struct ThresholdedGaussian: ThresholdedLayer {
  /// p(z), with its scale and active share at the start.
  public var prior: ThresholdedGaussianPrior
  /// The range in which ℓ is kept; outside it ℓ has no gradient.
  public var logScaleRange: ClosedRange<Float>

  /// - Parameter logScaleRange: must keep e^ℓ finite.
  public init(prior: ThresholdedGaussianPrior, logScaleRange: ClosedRange<Float>) {
    (self.prior, self.logScaleRange) = (prior, logScaleRange)
  }

  public var noise: NoiseLaw { .normal }

  public func moments(_ heads: SIMD4<Double>, priorScale s: Double) -> LatentDraw {
    let (mean, logScale) = (heads[0], heads[1].clamped(to: logScaleRange))
    guard mean.isFinite, logScale.isFinite else { return .nothing }
    let inside = logScale == heads[1] ? 1.0 : 0
    let (threshold, tau) = (prior.threshold, Double.exp(logScale))
    let (magnitude, sign) = (abs(mean), mean > 0 ? 1.0 : mean < 0 ? -1 : 0)
    let q = Tail(threshold / tau)
    let far = Tail((threshold + magnitude) / tau)
    let p = Tail(threshold / s)
    let alpha = q.point
    let (density, share) = (2 * q.density, q.share)
    let own = tau * tau * (share * (1 + alpha * alpha) - alpha * density)
    let beyond = 2 * tau * far.density - (threshold + magnitude) * far.share
    let square = share * (mean * mean + threshold * threshold) + own
    let moment = square + 2 * threshold * (share * magnitude + beyond)
    let silence = Double.log(q.rest) - Double.log(p.rest)
    let rise = alpha * density
    let momentRise =
      rise * (mean * mean + threshold * threshold) + 2 * tau * tau * share
      + 2 * threshold * (rise * magnitude + 2 * tau * far.density)
    let logRatio = Double.log(s) - logScale
    var draw = LatentDraw(
      z: share * mean, slopes: SIMD4(share, inside * rise * mean, 0, 0),
      divergence: -(share + rise) / 2 + share * logRatio + moment / (2 * s * s)
        + q.rest * silence,
      divergenceSlopes: SIMD4(
        (share * mean + threshold * sign * (share - far.share)) / (s * s),
        inside
          * (-alpha * alpha * rise / 2 + rise * logRatio - share + momentRise / (2 * s * s)
            - rise * (silence + 1)),
        0, 0),
      scaleSlope: share - moment / (s * s) + q.rest * 2 * p.density * p.point / p.rest)
    draw.variance = own + share * q.rest * mean * mean
    draw.varianceSlopes = SIMD4(
      2 * share * q.rest * mean,
      inside * (2 * tau * tau * share + rise * (q.rest - share) * mean * mean), 0, 0)
    return draw
  }

  /// What lies beyond a point of the standard normal, on both sides.
  private struct Tail {
    /// α, φ(α), 2Φ(−α), and 1 − 2Φ(−α) = erf(α/√2).
    let point, density, share, rest: Double

    init(_ point: Double) {
      self.point = point
      density = Double.exp(-point * point / 2 - halfLogTwoPi)
      share = Double.erfc(point / Double.sqrt(2))
      rest = Double.erf(point / Double.sqrt(2))
    }
  }

  /// μ where γ > ½, else 0.
  public func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double {
    Tail(prior.threshold / .exp(heads[1].clamped(to: logScaleRange))).share > 0.5 ? heads[0] : 0
  }

  public func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double {
    let u = Double.exp(heads[1].clamped(to: logScaleRange)) * stream.normal()
    guard abs(u) > prior.threshold else { return 0 }
    return heads[0] + (u > 0 ? u - prior.threshold : u + prior.threshold)
  }
}
