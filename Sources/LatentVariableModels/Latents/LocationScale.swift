import Compute
import Distributions
import RealModule

/// Latents z = μ + e^ℓ·ε with a head for μ and one for ℓ: Gaussian and Laplace posteriors.
public struct LocationScale: LatentLayer {
  /// p(z), with its scale at the start.
  public var prior: any Prior
  /// The family of q(z | x).
  public var posterior: PosteriorFamily
  /// The range in which ℓ is kept; outside it ℓ has no gradient.
  public var logScaleRange: ClosedRange<Float>

  /// - Parameter logScaleRange: must keep e^ℓ finite.
  public init(
    prior: any Prior, posterior: PosteriorFamily, logScaleRange: ClosedRange<Float>
  ) {
    (self.prior, self.posterior, self.logScaleRange) = (prior, posterior, logScaleRange)
  }

  public var heads: [String] { ["mean", "log_scale"] }
  public var priorScale: Double { prior.scale }
  public var noise: NoiseLaw { posterior.type.noise }

  public var kernel: LatentKernel? {
    prior.kernel.map {
      LatentKernel(noise: noise, prior: $0, logScaleRange: logScaleRange)
    }
  }

  /// μ = 0 and τ = s.
  public func silentHeads(priorScale: Double) -> SIMD4<Double> {
    SIMD4(0, Double.log(priorScale), 0, 0)
  }

  public var isDivergenceClosed: Bool {
    posterior.type.init(mean: 0, scale: 1).divergence(from: prior) != nil
  }

  /// z = μ, Var z = Var ε·e^2ℓ
  public func expect(
    _ heads: SIMD4<Double>, noise: Double, priorScale: Double
  ) -> LatentDraw? {
    var draw = draw(heads, noise: noise, priorScale: priorScale)
    let inside = clamped(heads[1]) == heads[1] ? 1.0 : 0
    draw.z = heads[0]
    draw.slopes = SIMD4(1, 0, 0, 0)
    draw.variance = self.noise.variance * Double.exp(2 * clamped(heads[1]))
    draw.varianceSlopes = SIMD4(0, inside * 2 * draw.variance, 0, 0)
    return draw
  }

  private func clamped(_ logScale: Double) -> Double {
    min(max(logScale, Double(logScaleRange.lowerBound)), Double(logScaleRange.upperBound))
  }

  /// The divergence in closed form, or estimated from the sample as −H(q) − log p(z).
  public func draw(
    _ heads: SIMD4<Double>, noise: Double, priorScale: Double
  ) -> LatentDraw {
    let logScale = clamped(heads[1])
    let inside = logScale == heads[1] ? 1.0 : 0
    // Distributions are made of numbers only; what is none comes through as it is.
    guard heads[0].isFinite, logScale.isFinite else {
      let nothing = SIMD4(repeating: Double.nan)
      return LatentDraw(
        z: .nan, slopes: nothing, divergence: .nan, divergenceSlopes: nothing, scaleSlope: .nan)
    }
    let prior = prior.scaled(to: priorScale)
    let q = posterior.type.init(mean: heads[0], scale: Double.exp(logScale))
    let z = q.sample(noise: noise)
    let step = q.scale * noise
    let closed = q.divergence(from: prior)
    let score = prior.score(z)
    let found =
      closed
      ?? Divergence(
        value: -q.entropy - prior.logDensity(z), meanGradient: -score,
        logScaleGradient: -1 - score * step)
    return LatentDraw(
      z: z, slopes: SIMD4(1, inside * step, 0, 0), divergence: found.value,
      divergenceSlopes: SIMD4(found.meanGradient, inside * found.logScaleGradient, 0, 0),
      scaleSlope: closed?.logPriorScaleGradient(mean: heads[0]) ?? 1 + z * score)
  }
}
