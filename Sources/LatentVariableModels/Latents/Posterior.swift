import Compute
import Distributions

/// The distribution q(z | x) of one latent: z = μ + τε, of location μ and scale τ = exp ℓ.
///
/// Mathematics in double precision, to read and to check against; batches go through the kernels of
/// `latent.h`.
protocol Posterior: Sendable, Hashable {
  /// μ
  var mean: Double { get }

  /// τ > 0
  var scale: Double { get }

  init(mean: Double, scale: Double)

  /// What ε is drawn from: q at μ = 0 and τ = 1.
  static var noise: NoiseLaw { get }

  /// log q(z) in nats, normalised.
  func logDensity(_ z: Double) -> Double

  /// H(q) = −E_q[log q] in nats.
  var entropy: Double { get }

  /// KL(q ‖ p) from a Laplace prior of scale s.
  func divergence(fromLaplaceOf s: Double) -> Divergence

  /// KL(q ‖ p) from a Gaussian prior of scale s.
  func divergence(fromGaussianOf s: Double) -> Divergence
}

extension Posterior {
  /// z = μ + τε
  func sample(noise: Double) -> Double { mean + scale * noise }

  /// KL(q ‖ p) with its gradients; nil where there is no closed form.
  func divergence(from prior: any Prior) -> Divergence? {
    if prior is LaplacePrior { return divergence(fromLaplaceOf: prior.scale) }
    if prior is GaussianPrior { return divergence(fromGaussianOf: prior.scale) }
    return nil
  }
}

/// KL(q ‖ p) of one latent, and how it changes.
struct Divergence: Hashable, Sendable {
  /// KL(q ‖ p), in nats.
  let value: Double
  /// ∂KL/∂μ
  let meanGradient: Double
  /// ∂KL/∂ℓ, with τ = exp ℓ.
  let logScaleGradient: Double

  /// ∂KL/∂log s of the prior's scale: the KL is unchanged when μ, τ and s grow together, so it is
  /// −(μ ∂KL/∂μ + ∂KL/∂ℓ).
  func logPriorScaleGradient(mean: Double) -> Double {
    -(mean * meanGradient + logScaleGradient)
  }
}
