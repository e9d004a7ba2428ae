import CKernels
import Compute

/// The distribution p(z; s) of one latent before anything is seen: symmetric, of one scale s.
///
/// All priors are scale families, p(z; s) = p₀(z/s)/s. This is the mathematics in double precision,
/// to read and to check against; batches go through the kernels of `latent.h`, which learn from
/// `shape` what they need.
public protocol Prior: Sendable, Hashable {
  /// The family's name and kernel.
  static var family: PriorFamily { get }

  /// s > 0
  var scale: Double { get set }

  /// log p(z; s) in nats, normalised.
  func logDensity(_ z: Double) -> Double

  /// ∂ log p/∂z
  func score(_ z: Double) -> Double

  /// One latent drawn from p.
  func sample(using stream: inout RandomStream) -> Double

  /// E[z²]; nil where it is infinite.
  var variance: Double? { get }

  /// The numbers besides s that the family's kernel needs.
  var shape: SIMD3<Double> { get }
}

extension Prior {
  /// No numbers but the scale.
  public var shape: SIMD3<Double> { .zero }

  /// This prior as the kernels take it.
  package var kernelParameters: svae_prior {
    svae_prior(
      kind: Int32(Self.family.kernel.rawValue), scale: Float(scale),
      shape: (Float(shape[0]), Float(shape[1]), Float(shape[2])))
  }
}

/// log √(2π)
let halfLogTwoPi = 0.918_938_533_204_672_741_8

/// Checks what every prior demands of its scale.
func requirePositive(_ scale: Double, of name: StaticString) {
  precondition(scale > 0 && scale.isFinite, "\(name) of scale \(scale): must be positive")
}
