import Compute
import Distributions
import RealModule

/// q(z) = exp(−|z − μ|/τ)/2τ
struct LaplacePosterior: Posterior {
  static let noise = NoiseLaw.laplace

  /// μ
  let mean: Double
  /// τ, the mean of |z − μ|.
  let scale: Double

  func logDensity(_ z: Double) -> Double {
    -abs(z - mean) / scale - .log(2 * scale)
  }

  /// 1 + log 2τ
  var entropy: Double { 1 + .log(2 * scale) }

  /// |μ|/s + (τ/s) exp(−|μ|/τ) + log(s/τ) − 1
  func divergence(fromLaplaceOf s: Double) -> Divergence {
    let distance = abs(mean) / scale
    let tail = Double.exp(-distance)
    let sign = mean > 0 ? 1.0 : mean < 0 ? -1 : 0
    return Divergence(
      value: abs(mean) / s + scale / s * tail + .log(s / scale) - 1,
      meanGradient: sign * (1 - tail) / s,
      logScaleGradient: scale / s * tail * (1 + distance) - 1)
  }

  /// (2τ² + μ²)/2s² + ½ log(2πs²) − log 2τ − 1
  func divergence(fromGaussianOf s: Double) -> Divergence {
    let m = mean / s
    let ratio = scale / s
    return Divergence(
      value: m * m / 2 + ratio * ratio + halfLogTwoPi + .log(s) - entropy,
      meanGradient: m / s,
      logScaleGradient: 2 * ratio * ratio - 1)
  }
}
