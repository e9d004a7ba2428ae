import Compute
import Distributions

/// Everything that determines a model before its first training step.
public struct ModelConfiguration: Sendable {
  /// D, pixels of a patch.
  public var pixels: Int
  /// K, number of latents and of filters.
  public var latents: Int
  /// The encoder.
  public var network: RecognitionNetwork
  /// p(z), with its scale at the start.
  public var prior: any Prior
  /// Whether each latent has its own s, or all share one.
  public var scalePerLatent = false
  /// The family of q(z | x).
  public var posterior: PosteriorFamily
  /// ω, the standard deviation of the logarithm of a patch's contrast, at the start; nil where
  /// patches have none. Only the structured posterior of a Laplace prior knows it.
  public var contrast: Double?
  /// Steps in which the structured posterior refines what the encoder says.
  public var refinements: Int
  /// log σ of the Gaussian likelihood, at the start.
  public var noiseLogScale: Double
  /// Whether noise has one variance, or one for each principal direction of the training patches.
  public var noise: NoiseShape
  /// How E_q[−log p(x | z)] is found; exactly means wherever the parts allow it.
  public var likelihood: ExpectedLikelihood
  /// The range in which the posterior's log scale ℓ is kept; exp(ℓ) overflows within an epoch
  /// without one.
  public var logScaleRange: ClosedRange<Float>

  /// A model of so many pixels and latents; what is not given suits patches of photographs.
  ///
  /// - Precondition: the posterior goes with the prior (`PosteriorFamily.goes`).
  public init(
    pixels: Int, latents: Int, network: RecognitionNetwork, prior: any Prior,
    posterior: PosteriorFamily = .gaussian, contrast: Double? = nil, refinements: Int = 0,
    noiseLogScale: Double, noise: NoiseShape = .isotropic,
    likelihood: ExpectedLikelihood = .exact, logScaleRange: ClosedRange<Float> = -7...4
  ) {
    precondition(
      posterior.goes(with: type(of: prior).family),
      "a \(posterior.rawValue) posterior with a \(type(of: prior).name) prior")
    (self.pixels, self.latents, self.network) = (pixels, latents, network)
    (self.prior, self.posterior, self.noiseLogScale) = (prior, posterior, noiseLogScale)
    (self.contrast, self.refinements, self.noise) = (contrast, refinements, noise)
    (self.likelihood, self.logScaleRange) = (likelihood, logScaleRange)
  }
}
