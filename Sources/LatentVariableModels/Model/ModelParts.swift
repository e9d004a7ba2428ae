import Distributions

/// What a latent variable model is made of: x → heads → z → x̂ → log p(x | z).
///
/// Each part states the parameters that it needs, by name; where they lie, how they are saved, and
/// what other software calls them follows (`ParameterLayout`).
public struct ModelParts: Sendable {
  /// x → heads
  public var encoder: any PatchEncoder
  /// heads → z, and KL(q ‖ p)
  public var latents: any LatentLayer
  /// z → x̂
  public var decoder: any PatchDecoder
  /// x̂ → log p(x | z)
  public var likelihood: any Likelihood

  /// - Precondition: the encoder gives every head that the latents ask for.
  public init(
    encoder: any PatchEncoder, latents: any LatentLayer,
    decoder: any PatchDecoder = LinearDecoder(),
    likelihood: any Likelihood
  ) {
    (self.encoder, self.latents) = (encoder, latents)
    (self.decoder, self.likelihood) = (decoder, likelihood)
  }

  /// Whether E_q[−log p(x | z)] follows from the posterior's mean and variance.
  var hasExactLikelihood: Bool {
    decoder is LinearDecoder && likelihood is GaussianLikelihood
      && latents.expect(.zero, noise: 0, priorScale: 1) != nil
  }
}

extension ModelConfiguration {
  /// The parts of the sparse coding VAE.
  public var parts: ModelParts {
    ModelParts(
      encoder: network, latents: latentLayer,
      likelihood: GaussianLikelihood(noiseLogScale: noiseLogScale))
  }

  private var latentLayer: any LatentLayer {
    switch (posterior, prior) {
    case (.structured, _):
      StructuredGaussian(prior: prior, logScaleRange: logScaleRange, refinements: refinements)
    case (.spikeAndSlab, let prior as any PriorWithSpike):
      SpikeAndSlab(prior: prior, logScaleRange: logScaleRange)
    case (.thresholdedLaplace, let prior as SpikeAndSlabPrior):
      ThresholdedLaplace(prior: prior, logScaleRange: logScaleRange)
    case (.thresholdedGaussian, let prior as ThresholdedGaussianPrior):
      ThresholdedGaussian(prior: prior, logScaleRange: logScaleRange)
    case (.poisson, let prior as PoissonPrior): PoissonCounts(prior: prior)
    default: LocationScale(prior: prior, posterior: posterior, logScaleRange: logScaleRange)
    }
  }
}
