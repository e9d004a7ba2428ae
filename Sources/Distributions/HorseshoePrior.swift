import Compute
import RealModule

/// z = s·λ·ε with ε ~ N(0, 1) and λ half-Cauchy: an infinite peak at 0 and Cauchy's tails.
///
/// p(z; s) = exp(z²/2s²) E₁(z²/2s²)/(√(2π³) s). Carvalho, Polson & Scott 2010, "The horseshoe
/// estimator for sparse signals". The peak, logarithmic, is cut off flat: where |z|/s is below
/// `floor`, the density is that at the floor and its score is 0; it is normalised as a whole. The
/// default floor raises log p elsewhere by 0.0005 nats.
public struct HorseshoePrior: Prior {
  public static let name = "horseshoe"

  /// δ as configurations name it.
  public static let floor = Parameter(
    "floor", "the |z|/s below which the density is flat", standard: 1e-3, range: 1e-6...0.5)
  public static let parameters = [floor]

  /// s, the median of the latents' own scales s·λ.
  public var scale: Double {
    didSet { requirePositive(scale, of: "horseshoe prior") }
  }

  /// δ, the |z|/s below which the density is flat.
  public let floor: Double

  /// The logarithm of the normaliser at s = 1.
  package let logNormalizer: Double

  /// - Precondition: s is positive, and δ from 1e-6 to 0.5.
  public init(scale: Double, floor: Double = Self.floor.standard) {
    requirePositive(scale, of: "horseshoe prior")
    precondition(
      floor >= 1e-6 && floor <= 0.5, "horseshoe prior with floor \(floor): must be 1e-6 … 0.5")
    self.scale = scale
    self.floor = floor
    // Both sides of the peak that was cut off, in units of 1/√(2π³).
    let flat = SpecialFunctions.scaledExponentialIntegral(floor * floor / 2) * floor
    let removed = 2 * (Self.integral(to: floor) - flat)
    let constant = 1 / .sqrt(2 * Double.pi * .pi * .pi)
    logNormalizer = .log(constant) - .log(1 - constant * removed)
  }

  public init(scale: Double, shape: [String: Double]) {
    self.init(scale: scale, floor: shape[Self.floor])
  }

  public var shape: [String: Double] { [Self.floor.name: floor] }

  public func logDensity(_ z: Double) -> Double {
    let v = max(abs(z) / scale, floor)
    let x = v * v / 2
    return logNormalizer - .log(scale)
      - .log(x + SpecialFunctions.exponentialIntegralResidue(x))
  }

  /// −2w(z²/2s²)/z with w of `SpecialFunctions.exponentialIntegralResidue`.
  public func score(_ z: Double) -> Double {
    let u = z / scale
    return abs(u) > floor
      ? -2 * SpecialFunctions.exponentialIntegralResidue(u * u / 2) / z : 0
  }

  /// By λ and ε; what falls below the floor is accepted as often as the flat density demands.
  public func sample(using stream: inout RandomStream) -> Double {
    let atFloor = SpecialFunctions.scaledExponentialIntegral(floor * floor / 2)
    while true {
      let angle = Double.pi / 2 * stream.uniform()
      let u = Double.sin(angle) / .cos(angle) * stream.normal()
      if abs(u) > floor { return scale * u }
      let uncut = SpecialFunctions.scaledExponentialIntegral(u * u / 2)
      if stream.uniform() * uncut < atFloor { return scale * u }
    }
  }

  public var variance: Double? { nil }

  /// ∫₀^δ exp(z²/2) E₁(z²/2) dz, term by term of eˣE₁(x) = Σ xⁿ/n! · (ψ(n + 1) − ln x).
  private static func integral(to end: Double) -> Double {
    var digamma = -SpecialFunctions.eulerGamma
    var term = end
    var sum = 0.0
    for n in 0..<20 {
      let order = Double(2 * n + 1)
      sum += term * ((digamma + .log(2) - 2 * .log(end)) / order + 2 / (order * order))
      digamma += 1 / Double(n + 1)
      term *= end * end / 2 / Double(n + 1)
    }
    return sum
  }
}
