import Compute
import RealModule

/// p(z; s) = 1/πs(1 + z²/s²): the penalty log(1 + z²/s²) of Olshausen & Field 1996.
public struct CauchyPrior: Prior {
  public static let name = "cauchy"

  /// s, the median of |z|.
  public var scale: Double {
    didSet { requirePositive(scale, of: "Cauchy prior") }
  }

  public init(scale: Double, shape: [String: Double] = [:]) {
    requirePositive(scale, of: "Cauchy prior")
    self.scale = scale
  }

  public func logDensity(_ z: Double) -> Double {
    let u = z / scale
    return -.log(1 + u * u) - .log(.pi * scale)
  }

  /// −2z/(s² + z²)
  public func score(_ z: Double) -> Double { -2 * z / (scale * scale + z * z) }

  public func sample(using stream: inout RandomStream) -> Double {
    let angle = Double.pi * (stream.uniform() - 0.5)
    return scale * .sin(angle) / .cos(angle)
  }

  public var variance: Double? { nil }
}
