import Compute
import RealModule

/// p(z; s) = Γ((ν+1)/2)/(Γ(ν/2)√(νπ) s) · (1 + z²/νs²)^−(ν+1)/2: heavy tails of power ν + 1.
public struct StudentTPrior: Prior {
  public static let name = "student-t"

  /// ν as configurations name it.
  public static let degreesOfFreedom = Parameter(
    "degreesOfFreedom", "ν, the power of the tails less one", standard: 3, range: 0.01...1e6)
  public static let parameters = [degreesOfFreedom]

  /// s
  public var scale: Double {
    didSet { requirePositive(scale, of: "Student-t prior") }
  }

  /// ν; 1 is the Cauchy prior, ∞ the Gaussian. At the default of 3 the variance is finite and the
  /// fourth moment is not.
  public let degreesOfFreedom: Double

  /// The logarithm of the normaliser at s = 1.
  package let logNormalizer: Double

  /// - Precondition: s and ν are positive.
  public init(scale: Double, degreesOfFreedom: Double = Self.degreesOfFreedom.standard) {
    requirePositive(scale, of: "Student-t prior")
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite,
      "Student-t prior of \(degreesOfFreedom) degrees of freedom: must be positive")
    self.scale = scale
    self.degreesOfFreedom = degreesOfFreedom
    logNormalizer =
      .logGamma((degreesOfFreedom + 1) / 2) - .logGamma(degreesOfFreedom / 2)
      - .log(degreesOfFreedom * .pi) / 2
  }

  public init(scale: Double, shape: [String: Double]) {
    self.init(scale: scale, degreesOfFreedom: shape[Self.degreesOfFreedom])
  }

  public var shape: [String: Double] { [Self.degreesOfFreedom.name: degreesOfFreedom] }

  public func logDensity(_ z: Double) -> Double {
    let u = z / scale
    return logNormalizer - .log(scale)
      - (degreesOfFreedom + 1) / 2 * .log(1 + u * u / degreesOfFreedom)
  }

  /// −(ν + 1)z/(νs² + z²)
  public func score(_ z: Double) -> Double {
    -(degreesOfFreedom + 1) * z / (degreesOfFreedom * scale * scale + z * z)
  }

  /// By the polar method of Bailey 1994: √(ν(U^(−2/ν) − 1)) cos 2πV.
  public func sample(using stream: inout RandomStream) -> Double {
    let spread = Double.pow(stream.uniform(), -2 / degreesOfFreedom)
    let radius = Double.sqrt(degreesOfFreedom * (spread - 1))
    return scale * radius * .cos(2 * .pi * stream.uniform())
  }

  /// s²ν/(ν − 2), infinite up to ν = 2.
  public var variance: Double? {
    degreesOfFreedom > 2
      ? scale * scale * degreesOfFreedom / (degreesOfFreedom - 2) : nil
  }
}
