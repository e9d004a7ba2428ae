/// What a latent variable model is made of: x → heads → z → x̂ → log p(x | z).
///
/// Each part states the parameters that it needs, by name; where they lie, how they are saved, and
/// what other software calls them follows (`ParameterLayout`).
public struct ModelParts: Sendable {
  public var encoder: any PatchEncoder
  public var latents: any LatentLayer
  public var decoder: any PatchDecoder
  public var likelihood: any Likelihood

  public init(
    encoder: any PatchEncoder, latents: any LatentLayer,
    decoder: any PatchDecoder = LinearDecoder(),
    likelihood: any Likelihood
  ) {
    self.encoder = encoder
    self.latents = latents
    self.decoder = decoder
    self.likelihood = likelihood
  }
}

extension ModelConfiguration {
  /// The parts of the sparse coding VAE.
  public var parts: ModelParts {
    ModelParts(
      encoder: network,
      latents: LocationScale(prior: prior, posterior: posterior, logScaleRange: logScaleRange),
      likelihood: GaussianLikelihood(noiseLogScale: noiseLogScale))
  }
}
