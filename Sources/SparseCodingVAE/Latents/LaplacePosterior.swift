import Compute
import Distributions
import RealModule

/// q(z) = exp(−|z − μ|/τ)/2τ
public struct LaplacePosterior: Posterior {
  public static let family = PosteriorFamily.laplace
  public static let noise = NoiseLaw.laplace

  /// μ
  public var mean: Double
  /// τ, the mean of |z − μ|.
  public var scale: Double

  public init(mean: Double, scale: Double) {
    requirePositive(scale, of: "Laplace posterior")
    self.mean = mean
    self.scale = scale
  }

  public static func noise(using stream: inout RandomStream) -> Double { stream.laplace() }

  public func logDensity(_ z: Double) -> Double {
    -abs(z - mean) / scale - .log(2 * scale)
  }

  /// 1 + log 2τ
  public var entropy: Double { 1 + .log(2 * scale) }

  public func divergence(from prior: any Prior) -> Divergence? {
    switch prior {
    case let prior as LaplacePrior: divergence(fromLaplaceOf: prior.scale)
    case let prior as GaussianPrior: divergence(fromGaussianOf: prior.scale)
    default: nil
    }
  }

  /// s under a Laplace prior, s/√2 under a Gaussian one.
  public static func idleScale(under prior: any Prior) -> Double? {
    switch prior {
    case is LaplacePrior: prior.scale
    case is GaussianPrior: prior.scale / .sqrt(2)
    default: nil
    }
  }

  /// |μ|/s + (τ/s) exp(−|μ|/τ) + log(s/τ) − 1
  private func divergence(fromLaplaceOf s: Double) -> Divergence {
    let distance = abs(mean) / scale
    let tail = Double.exp(-distance)
    let sign = mean > 0 ? 1.0 : mean < 0 ? -1 : 0
    return Divergence(
      value: abs(mean) / s + scale / s * tail + .log(s / scale) - 1,
      meanGradient: sign * (1 - tail) / s,
      logScaleGradient: scale / s * tail * (1 + distance) - 1)
  }

  /// (2τ² + μ²)/2s² + ½ log(2πs²) − log 2τ − 1
  private func divergence(fromGaussianOf s: Double) -> Divergence {
    let m = mean / s
    let ratio = scale / s
    return Divergence(
      value: m * m / 2 + ratio * ratio + halfLogTwoPi + .log(s) - entropy,
      meanGradient: m / s,
      logScaleGradient: 2 * ratio * ratio - 1)
  }
}
