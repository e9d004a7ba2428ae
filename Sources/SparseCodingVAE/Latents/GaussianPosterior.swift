import Compute
import Distributions
import RealModule

/// q(z) = N(z; μ, τ²)
///
/// Kingma & Welling 2014, "Auto-encoding variational Bayes".
public struct GaussianPosterior: Posterior {
  public static let family = PosteriorFamily.gaussian
  public static let noise = NoiseLaw.normal

  /// μ
  public var mean: Double
  /// τ, the standard deviation.
  public var scale: Double

  public init(mean: Double, scale: Double) {
    requirePositive(scale, of: "Gaussian posterior")
    self.mean = mean
    self.scale = scale
  }

  public static func noise(using stream: inout RandomStream) -> Double { stream.normal() }

  public func logDensity(_ z: Double) -> Double {
    let noise = (z - mean) / scale
    return -noise * noise / 2 - halfLogTwoPi - .log(scale)
  }

  /// ½ log(2πeτ²)
  public var entropy: Double { 0.5 + halfLogTwoPi + .log(scale) }

  public func divergence(from prior: any Prior) -> Divergence? {
    switch prior {
    case let prior as LaplacePrior: divergence(fromLaplaceOf: prior.scale)
    case let prior as GaussianPrior: divergence(fromGaussianOf: prior.scale)
    default: nil
    }
  }

  /// s√(π/2) under a Laplace prior, s under a Gaussian one.
  public static func idleScale(under prior: any Prior) -> Double? {
    switch prior {
    case is LaplacePrior: prior.scale * .sqrt(.pi / 2)
    case is GaussianPrior: prior.scale
    default: nil
    }
  }

  /// (μ/s) erf(μ/√2τ) + (τ/s)√(2/π) exp(−μ²/2τ²) + log 2s − ½ log(2πτ²) − ½
  private func divergence(fromLaplaceOf s: Double) -> Divergence {
    let distance = mean / (.sqrt(2) * scale)
    let error = Double.erf(distance)
    let idle = scale / s * .sqrt(2 / .pi) * .exp(-distance * distance)
    return Divergence(
      value: mean / s * error + idle + .log(2 * s) - entropy,
      meanGradient: error / s,
      logScaleGradient: idle - 1)
  }

  /// log(s/τ) + (τ² + μ²)/2s² − ½
  private func divergence(fromGaussianOf s: Double) -> Divergence {
    let m = mean / s
    let ratio = scale / s
    return Divergence(
      value: (ratio * ratio + m * m - 1) / 2 - .log(ratio),
      meanGradient: m / s,
      logScaleGradient: ratio * ratio - 1)
  }
}
