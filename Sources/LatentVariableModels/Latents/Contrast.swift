import RealModule

/// A patch's contrast a, one number that all its latents share: p(z | a) is Laplace of scale s·a,
/// log a ~ N(0, ω²), q(log a) = N(m, w²).
///
/// A Gaussian scale mixture (Wainwright & Simoncelli 2000) of Laplace variables; what is left of z
/// once a is divided out is what divisive normalisation makes of a filter's response (Schwartz &
/// Simoncelli 2001). q(log a) is the best for the latents' moments, in closed form but for one
/// number.
public struct Contrast: Hashable, Sendable {
  /// m
  public let mean: Double
  /// w²
  public let variance: Double

  /// The minimum of T·E[1/a] + K·m + KL(q(log a) ‖ N(0, ω²)) over m and w, with
  /// E[1/a] = exp(−m + w²/2).
  ///
  /// With g = T·E[1/a] its conditions are g = K + m/ω² and w² = 1/(g + 1/ω²).
  ///
  /// - Parameters:
  ///   - total: T = Σ E|z|/s.
  ///   - latents: K.
  ///   - spread: ω > 0.
  public init(total: Double, latents: Int, spread: Double) {
    let (square, precision) = (spread * spread, 1 / (spread * spread))
    var u = Double.log(Double(latents))
    for _ in 0..<50 {
      let g = Double.exp(u)
      let miss =
        Double.log(max(total, 1e-30)) + square * (Double(latents) - g) + 0.5 / (g + precision) - u
      u += miss / (1 + square * g)
    }
    let g = Double.exp(u)
    variance = 1 / (g + precision)
    mean = square * (g - Double(latents))
  }

  /// E[1/a]
  public var inverse: Double { .exp(variance / 2 - mean) }

  /// KL(q(log a) ‖ N(0, ω²)), nats.
  public func divergence(spread: Double) -> Double {
    let precision = 1 / (spread * spread)
    return ((mean * mean + variance) * precision - Double.log(variance * precision) - 1) / 2
  }
}
