import RealModule

/// The exponential integral and its scaled relatives, for the horseshoe prior.
package enum SpecialFunctions {
  /// Euler's γ.
  package static let eulerGamma = 0.577_215_664_901_532_860_6

  /// E₁(x) = ∫ₓ^∞ e⁻ᵗ/t dt for x > 0; relative error below 4e-15 while the result is normal.
  ///
  /// - Returns: +∞ at 0, NaN below.
  package static func exponentialIntegral(_ x: Double) -> Double {
    x <= 1 ? exponentialIntegralSeries(x) : .exp(-x) * scaledExponentialIntegral(x)
  }

  /// eˣE₁(x) for x > 0, which neither under- nor overflows; relative error below 2e-15.
  ///
  /// - Returns: +∞ at 0, NaN below.
  package static func scaledExponentialIntegral(_ x: Double) -> Double {
    x <= 1
      ? .exp(x) * exponentialIntegralSeries(x)
      : 1 / (x + exponentialIntegralResidue(x))
  }

  /// w(x) = 1/(eˣE₁(x)) − x for x > 0: grows from 0 at 0 to 1 at ∞; relative error below 3e-15.
  ///
  /// −log(eˣE₁(x)) has the derivative w(x)/x, which as 1/(x·eˣE₁(x)) − 1 would lose its digits at
  /// large x.
  package static func exponentialIntegralResidue(_ x: Double) -> Double {
    if x <= 1 {
      return 1 / (.exp(x) * exponentialIntegralSeries(x)) - x
    }
    // 1/(eˣE₁(x)) = x + 1 − 1²/(x + 3 − 2²/(x + 5 − …)), evaluated from the tail. More terms are
    // needed as x falls: 180 leave 1e-16 at x = 1.
    let terms = x > 40 ? 30 : Int(30 + 150 / x.squareRoot())
    var tail = 0.0
    for k in stride(from: Double(terms), to: 0, by: -1) {
      tail = k * k / (x + 2 * k + 1 - tail)
    }
    return 1 - tail
  }

  /// E₁(x) = −γ − ln x − Σₙ (−x)ⁿ/(n·n!), for 0 < x ≤ 1.
  private static func exponentialIntegralSeries(_ x: Double) -> Double {
    var term = 1.0
    var sum = 0.0
    for n in 1...22 {
      term *= -x / Double(n)
      sum -= term / Double(n)
    }
    return sum - .log(x) - eulerGamma
  }
}
