import Compute
import RealModule

/// p(z; s) = exp(−|z|/s)/2s: the prior of sparse coding with an ℓ₁ penalty.
///
/// Olshausen & Field 1997, "Sparse coding with an overcomplete basis set".
public struct LaplacePrior: Prior {
  public static let name = "laplace"

  /// s, the mean of |z|.
  public var scale: Double {
    didSet { requirePositive(scale, of: "Laplace prior") }
  }

  public init(scale: Double, shape: [String: Double] = [:]) {
    requirePositive(scale, of: "Laplace prior")
    self.scale = scale
  }

  public func logDensity(_ z: Double) -> Double { -abs(z) / scale - .log(2 * scale) }

  /// −sign(z)/s, and 0 at 0.
  public func score(_ z: Double) -> Double { z > 0 ? -1 / scale : z < 0 ? 1 / scale : 0 }

  public func sample(using stream: inout RandomStream) -> Double { scale * stream.laplace() }

  /// 2s²
  public var variance: Double? { 2 * scale * scale }
}
