import RealModule

extension Prior {
  /// The Gaussian that lies below p and touches it at |z| = η: −log p(z) ≤ z²/2c + constant with
  /// c = η/ψ′(η) and ψ = −log p. There is one for every scale mixture of Gaussians, whose ψ is
  /// concave in z².
  ///
  /// - Parameter moment: η² > 0.
  /// - Returns: c, η² (greater where the density is flat at 0 at `moment`), and ∂log c/∂log η².
  package func majorization(
    at moment: Double
  ) -> (variance: Double, secondMoment: Double, slope: Double) {
    guard moment.isFinite else { return (.nan, .nan, .nan) }
    var magnitude = max(moment, .leastNormalMagnitude).squareRoot()
    // Where a peak is cut off flat, the bound is that at its edge.
    while score(magnitude) == 0, magnitude < scale { magnitude *= 1.25 }
    func logVariance(_ magnitude: Double) -> Double {
      Double.log(magnitude) - Double.log(-score(magnitude))
    }
    let step = 1e-4
    let slope =
      (logVariance(magnitude * .exp(step)) - logVariance(magnitude * .exp(-step))) / (4 * step)
    return (
      Double.exp(logVariance(magnitude)), magnitude * magnitude, slope.isFinite ? slope : 0
    )
  }
}
