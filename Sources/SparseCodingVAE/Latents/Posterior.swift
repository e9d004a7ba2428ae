import Compute
import Distributions

/// The distribution q(z | x) of one latent: z = μ + τε, of location μ and scale τ = exp ℓ.
///
/// Mathematics in double precision, to read and to check against; batches go through the kernels of
/// `latent.h`.
public protocol Posterior: Sendable, Hashable {
  /// The family's name and kernel.
  static var family: PosteriorFamily { get }

  /// μ
  var mean: Double { get set }

  /// τ > 0
  var scale: Double { get set }

  init(mean: Double, scale: Double)

  /// What ε is drawn from: q at μ = 0 and τ = 1.
  static var noise: NoiseLaw { get }

  /// One ε.
  static func noise(using stream: inout RandomStream) -> Double

  /// log q(z) in nats, normalised.
  func logDensity(_ z: Double) -> Double

  /// H(q) = −E_q[log q] in nats.
  var entropy: Double { get }

  /// KL(q ‖ p) with its gradients; nil where there is no closed form.
  func divergence(from prior: any Prior) -> Divergence?

  /// The τ that minimises KL(q ‖ p) at μ = 0, which a latent that says nothing takes; nil where
  /// there is no closed form.
  static func idleScale(under prior: any Prior) -> Double?
}

extension Posterior {
  /// z = μ + τε
  public func sample(noise: Double) -> Double { mean + scale * noise }
}

/// KL(q ‖ p) of one latent, and how it changes.
public struct Divergence: Hashable, Sendable {
  /// KL(q ‖ p), in nats.
  public let value: Double
  /// ∂KL/∂μ
  public let meanGradient: Double
  /// ∂KL/∂ℓ, with τ = exp ℓ.
  public let logScaleGradient: Double

  public init(value: Double, meanGradient: Double, logScaleGradient: Double) {
    self.value = value
    self.meanGradient = meanGradient
    self.logScaleGradient = logScaleGradient
  }

  /// ∂KL/∂log s of the prior's scale: the KL is unchanged when μ, τ and s grow together, so it is
  /// −(μ ∂KL/∂μ + ∂KL/∂ℓ).
  public func logPriorScaleGradient(mean: Double) -> Double {
    -(mean * meanGradient + logScaleGradient)
  }
}
