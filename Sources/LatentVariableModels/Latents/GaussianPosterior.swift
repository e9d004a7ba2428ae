import Compute
import Distributions
import RealModule

/// q(z) = N(z; μ, τ²)
///
/// Kingma & Welling 2014, "Auto-encoding variational Bayes".
struct GaussianPosterior: Posterior {
  static let noise = NoiseLaw.normal

  /// μ
  let mean: Double
  /// τ, the standard deviation.
  let scale: Double

  func logDensity(_ z: Double) -> Double {
    let noise = (z - mean) / scale
    return -noise * noise / 2 - halfLogTwoPi - .log(scale)
  }

  /// ½ log(2πeτ²)
  var entropy: Double { 0.5 + halfLogTwoPi + .log(scale) }

  /// E|z| = μ erf(μ/√2τ) + τ√(2/π) exp(−μ²/2τ²)
  var expectedMagnitude: Double {
    let distance = mean / (.sqrt(2) * scale)
    return mean * Double.erf(distance) + scale * .sqrt(2 / .pi) * .exp(-distance * distance)
  }

  /// (μ/s) erf(μ/√2τ) + (τ/s)√(2/π) exp(−μ²/2τ²) + log 2s − ½ log(2πτ²) − ½
  func divergence(fromLaplaceOf s: Double) -> Divergence {
    let distance = mean / (.sqrt(2) * scale)
    let error = Double.erf(distance)
    let idle = scale / s * .sqrt(2 / .pi) * .exp(-distance * distance)
    return Divergence(
      value: expectedMagnitude / s + .log(2 * s) - entropy,
      meanGradient: error / s,
      logScaleGradient: idle - 1)
  }

  /// log(s/τ) + (τ² + μ²)/2s² − ½
  func divergence(fromGaussianOf s: Double) -> Divergence {
    let m = mean / s
    let ratio = scale / s
    return Divergence(
      value: (ratio * ratio + m * m - 1) / 2 - .log(ratio),
      meanGradient: m / s,
      logScaleGradient: ratio * ratio - 1)
  }
}
