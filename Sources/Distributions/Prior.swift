import Compute

/// The distribution p(z; s) of one latent before anything is seen: symmetric, of one scale s.
///
/// All priors are scale families, p(z; s) = p₀(z/s)/s. A prior is its mathematics, in double
/// precision; nothing else is asked of it:
/// ```swift
/// /// p(z; s) = sech²(z/2s)/4s
/// struct LogisticPrior: Prior {
///   static let name = "logistic"
///   var scale: Double
///   init(scale: Double, shape: [String: Double]) { self.scale = scale }
///   func logDensity(_ z: Double) -> Double { … }
///   …
/// }
/// Priors.register(LogisticPrior.self)
/// ```
/// Models take any prior. Batches of some go through compiled kernels, which are found by the
/// prior's name; other priors are slower, and give the same.
public protocol Prior: Sendable, Hashable {
  /// The name that options and configurations use, such as "student-t".
  static var name: String { get }

  /// The numbers beside the scale that determine the density.
  static var parameters: [Parameter] { get }

  /// - Parameters:
  ///   - scale: s > 0
  ///   - shape: values of `parameters`, by their names and within their ranges; those left out
  ///     are standard.
  init(scale: Double, shape: [String: Double])

  /// s > 0
  var scale: Double { get set }

  /// The values of `parameters`, by their names.
  var shape: [String: Double] { get }

  /// log p(z; s) in nats, normalised.
  func logDensity(_ z: Double) -> Double

  /// ∂ log p/∂z
  func score(_ z: Double) -> Double

  /// One latent drawn from p.
  func sample(using stream: inout RandomStream) -> Double

  /// E[z²]; nil where it is infinite.
  var variance: Double? { get }

  /// Whether single values of z, such as 0, have a probability of their own. Then `logDensity` is its
  /// logarithm there, and p goes with posteriors that have the same atoms.
  static var hasAtom: Bool { get }
}

extension Prior {
  /// No numbers but the scale.
  public static var parameters: [Parameter] { [] }

  /// No numbers but the scale.
  public var shape: [String: Double] { [:] }

  /// None, as most priors.
  public static var hasAtom: Bool { false }

  /// The name as configurations hold it.
  public static var family: PriorFamily { PriorFamily(name: name) }

  /// The same distribution at another scale.
  public func scaled(to scale: Double) -> Self {
    var prior = self
    prior.scale = scale
    return prior
  }
}

/// log √(2π)
package let halfLogTwoPi = 0.918_938_533_204_672_741_8

/// Checks what every distribution demands of its scale.
package func requirePositive(_ scale: Double, of name: StaticString) {
  precondition(scale > 0 && scale.isFinite, "\(name) of scale \(scale): must be positive")
}
