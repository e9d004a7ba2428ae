import Compute
import RealModule

/// p(z; s) = exp(−z²/2s²)/√(2π)s: not sparse, the prior of the usual VAE.
public struct GaussianPrior: Prior {
  public static let name = "gaussian"

  /// s, the standard deviation.
  public var scale: Double {
    didSet { requirePositive(scale, of: "Gaussian prior") }
  }

  public init(scale: Double, shape: [String: Double] = [:]) {
    requirePositive(scale, of: "Gaussian prior")
    self.scale = scale
  }

  public func logDensity(_ z: Double) -> Double {
    let u = z / scale
    return -u * u / 2 - halfLogTwoPi - .log(scale)
  }

  /// −z/s²
  public func score(_ z: Double) -> Double { -z / (scale * scale) }

  public func sample(using stream: inout RandomStream) -> Double { scale * stream.normal() }

  /// s²
  public var variance: Double? { scale * scale }
}
