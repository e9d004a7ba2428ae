import Compute
import Distributions
import RealModule

/// Latents under one Gaussian with covariance, q(z | x) = N(μ, Σ) with
///
///     Σ = (ΦΦᵀ/σ² + diag(1/c))⁻¹,  μ = ΣΦ(x − b)/σ²
///
/// where c(x) says how far each latent may be from 0. The heads m and ℓ are those of a posterior
/// without covariance, whose second moment η² = m² + e^2ℓ majorises the prior: N(0, c) with
/// c = η/ψ′(η) and ψ = −log p, for a Laplace prior c = s·η. So a network that was trained for
/// independent latents goes on with this posterior at once.
///
/// All terms of the ELBO are in closed form: for a Laplace prior exactly, for other scale mixtures
/// of Gaussians by the bound E ψ(z) ≤ ψ(√E z²). Heads follow the gradient of the majorised bound,
/// whose optimum η² = E z² they share with the ELBO; decoder, noise and scales follow that of the
/// ELBO at this q. The KL divergence has its full weight throughout.
///
/// The majorisation: Palmer, Wipf, Kreutz-Delgado & Rao 2006, "Variational EM algorithms for
/// non-Gaussian latent variable models"; Seeger & Nickisch 2011.
public struct StructuredGaussian: LatentLayer, StructuredRule {
  /// p(z), with its scale at the start; a scale mixture of Gaussians.
  public var prior: any Prior
  /// The range in which ℓ is kept; outside it ℓ has no gradient.
  public var logScaleRange: ClosedRange<Float>
  public var refinements: Int

  /// - Parameters:
  ///   - logScaleRange: must keep e^ℓ finite.
  ///   - refinements: steps in which c becomes what the moments ask for, beyond the encoder's.
  public init(prior: any Prior, logScaleRange: ClosedRange<Float>, refinements: Int = 0) {
    (self.prior, self.logScaleRange, self.refinements) = (prior, logScaleRange, refinements)
  }

  public var heads: [String] { independent.heads }
  public var priorScale: Double { prior.scale }
  public var noise: NoiseLaw { .normal }
  public var isDivergenceClosed: Bool { true }
  public var structured: (any StructuredRule)? { self }

  public var structuredKernel: StructuredKernel? {
    prior.kernel?.isLaplace == true ? StructuredKernel(logScaleRange: logScaleRange) : nil
  }

  /// The same heads as a posterior without covariance has them.
  private var independent: LocationScale {
    LocationScale(prior: prior, posterior: .gaussian, logScaleRange: logScaleRange)
  }

  public func silentHeads(priorScale: Double) -> SIMD4<Double> {
    independent.silentHeads(priorScale: priorScale)
  }

  public func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw {
    independent.draw(heads, noise: noise, priorScale: priorScale)
  }

  public func expect(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw? {
    independent.expect(heads, noise: noise, priorScale: priorScale)
  }

  public func expansion(_ heads: SIMD4<Double>, priorScale: Double) -> PriorExpansion {
    let range = Double(logScaleRange.lowerBound)...Double(logScaleRange.upperBound)
    let logScale = min(max(heads[1], range.lowerBound), range.upperBound)
    let variance = Double.exp(2 * logScale)
    let moment = heads[0] * heads[0] + variance
    var expansion = expansion(secondMoment: moment, priorScale: priorScale)
    // ∂log η²/∂m and ∂log η²/∂ℓ
    let inside = logScale == heads[1] ? 1.0 : 0
    expansion.slopes =
      expansion.slopes[0] * SIMD4(2 * heads[0], inside * 2 * variance, 0, 0) / moment
    return expansion
  }

  /// With ∂log c/∂log η² as the first slope.
  public func expansion(secondMoment: Double, priorScale: Double) -> PriorExpansion {
    let prior = prior.scaled(to: priorScale)
    let found = prior.majorization(at: secondMoment)
    return PriorExpansion(
      variance: found.variance, secondMoment: found.secondMoment,
      slopes: SIMD4(found.slope, 0, 0, 0))
  }

  public func divergence(
    mean: Double, variance: Double, priorScale: Double
  ) -> (value: Double, scaleSlope: Double) {
    let prior = prior.scaled(to: priorScale)
    guard mean.isFinite, variance > 0, variance.isFinite else { return (.nan, .nan) }
    let posterior = GaussianPosterior(mean: mean, scale: variance.squareRoot())
    if let closed = posterior.divergence(from: prior) {
      return (closed.value, closed.logPriorScaleGradient(mean: mean))
    }
    let magnitude = (mean * mean + variance).squareRoot()
    return (
      -prior.logDensity(magnitude) - posterior.entropy, 1 + magnitude * prior.score(magnitude)
    )
  }
}
