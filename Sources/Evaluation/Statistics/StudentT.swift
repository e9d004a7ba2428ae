import RealModule

/// Student's t distribution.
public struct StudentT: Hashable, Sendable {
  /// ν > 0.
  public let degreesOfFreedom: Double

  /// The distribution of ν degrees of freedom.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T > t) for t ≥ 0, without cancellation: ½·I_x(ν/2, ½) with x = ν/(ν + t²).
  public func upperTail(_ t: Double) -> Double {
    precondition(t >= 0, "the tail beyond \(t)")
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    return 0.5 * regularizedIncompleteBeta(a: degreesOfFreedom / 2, b: 0.5, x: x)
  }

  /// The t with P(T ≤ t) = p, for p in (0, 1).
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile at \(probability)")
    let tail = min(probability, 1 - probability)
    var high = 1.0
    while upperTail(high) > tail { high *= 2 }
    var low = 0.0
    // Bisection to the last bit: the tail is monotonic, and sixty halvings are cheap.
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if upperTail(middle) > tail { low = middle } else { high = middle }
    }
    return probability < 0.5 ? -high : (probability == 0.5 ? 0 : high)
  }
}

/// I_x(a, b) = ∫₀ˣ tᵃ⁻¹(1 − t)ᵇ⁻¹ dt / B(a, b), the regularised incomplete beta function.
///
/// By its continued fraction (DLMF 8.17.22) with Lentz's method, on the side of the mean where it
/// converges quickly.
///
/// - Parameters:
///   - a: positive.
///   - b: positive.
///   - x: in [0, 1].
func regularizedIncompleteBeta(a: Double, b: Double, x: Double) -> Double {
  precondition(a > 0 && b > 0 && x >= 0 && x <= 1, "I of \(a), \(b) at \(x)")
  if x == 0 || x == 1 { return x }
  if x > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(a: b, b: a, x: 1 - x) }
  let front =
    Double.exp(
      .logGamma(a + b) - .logGamma(a) - .logGamma(b) + a * .log(x)
        + b * .log(onePlus: -x)) / a

  let tiny = 1e-300
  func awayFromZero(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    fraction *= c * d
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction
}
