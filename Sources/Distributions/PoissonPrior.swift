import Compute
import RealModule

/// z = a·n with counts n ~ Poisson(r): p(n) = rⁿe^(−r)/n!.
///
/// Vafaii, Galor & Yates 2024, "Poisson variational autoencoder". `logDensity` is the logarithm of a
/// probability, −∞ where z/a is not a count.
public struct PoissonPrior: Prior {
  public static let name = "poisson"
  public static let hasAtom = true

  /// log r as configurations name it; latents' own rates start within 1 of it.
  public static let logRate = Parameter(
    "logRate", "middle of the range in which log r of the latents starts", standard: -5,
    range: -20...3)
  public static let parameters = [logRate]

  /// a, what one count adds to z.
  public var scale: Double {
    didSet { requirePositive(scale, of: "Poisson prior") }
  }

  /// log r
  public let logRate: Double

  /// - Precondition: a is positive.
  public init(scale: Double, logRate: Double = Self.logRate.standard) {
    requirePositive(scale, of: "Poisson prior")
    (self.scale, self.logRate) = (scale, logRate)
  }

  public init(scale: Double, shape: [String: Double]) {
    self.init(scale: scale, logRate: shape[Self.logRate])
  }

  public var shape: [String: Double] { [Self.logRate.name: logRate] }

  /// r
  public var rate: Double { .exp(logRate) }

  public func logDensity(_ z: Double) -> Double {
    let count = (z / scale).rounded()
    // z may have been rounded to Float.
    guard count >= 0, abs(z / scale - count) <= 1e-6 * count else { return -.infinity }
    return count * logRate - rate - .logGamma(count + 1)
  }

  /// 0: counts do not move.
  public func score(_ z: Double) -> Double { 0 }

  public func sample(using stream: inout RandomStream) -> Double {
    scale * Double(stream.poisson(rate: rate))
  }

  /// E z² = a²(r + r²)
  public var variance: Double? { scale * scale * rate * (1 + rate) }
}

extension RandomStream {
  /// A count from Poisson(λ): by multiplying uniform numbers where λ is small, else by the transformed
  /// rejection of Hörmann 1993, "The transformed rejection method for generating Poisson random
  /// variables".
  ///
  /// - Parameter rate: λ ≥ 0, finite.
  package mutating func poisson(rate: Double) -> Int {
    if rate < 10 {
      let limit = Double.exp(-rate)
      var (count, product) = (0, uniform())
      while product > limit {
        count += 1
        product *= uniform()
      }
      return count
    }
    let b = 0.931 + 2.53 * rate.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let inner = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let distance = 0.5 - abs(u)
      let count = ((2 * a / distance + b) * u + rate + 0.43).rounded(.down)
      if distance >= 0.07, v <= inner { return Int(count) }
      if count < 0 || (distance < 0.013 && v > distance) { continue }
      let density = count * .log(rate) - rate - .logGamma(count + 1)
      if .log(v * inverseAlpha / (a / (distance * distance) + b)) <= density { return Int(count) }
    }
  }
}
