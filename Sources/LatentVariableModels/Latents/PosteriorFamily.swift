import Distributions

/// The posteriors by name, as options and configurations give them.
public enum PosteriorFamily: String, Codable, CaseIterable, Sendable {
  /// q(z) = N(z; μ, τ²)
  case gaussian
  /// q(z) = exp(−|z − μ|/τ)/2τ
  case laplace
  /// q(z) = N(μ, Σ) with the covariance that the decoder gives, Σ⁻¹ = ΦΦᵀ/σ² + diag(1/c(x)); of
  /// each latent a Gaussian.
  case structured
  /// q(z) = (1 − γ)·δ₀ + γ·slab(z; μ, τ), the slab of the prior's family.
  case spikeAndSlab = "spike-and-slab"
  /// Laplace noise through a soft threshold: γ = e^(−λ/τ).
  case thresholdedLaplace = "thresholded-laplace"
  /// Gaussian noise through a soft threshold.
  case thresholdedGaussian = "thresholded-gaussian"
  /// Counts, q(n) = Poisson(n; λ).
  case poisson

  /// The priors with an atom that this posterior can have; empty where it has none and goes with all
  /// priors that have none.
  public var priorsWithAtom: [PriorFamily] {
    switch self {
    case .gaussian, .laplace, .structured: []
    case .spikeAndSlab: [.spikeAndSlab, .gaussianSpikeAndSlab]
    case .thresholdedLaplace: [.spikeAndSlab]
    case .thresholdedGaussian: [.thresholdedGaussian]
    case .poisson: [.poisson]
    }
  }

  /// Whether single values of z, such as 0, have a probability of their own.
  public var hasAtom: Bool { !priorsWithAtom.isEmpty }

  /// Whether the two go together: both with atoms at the same places, or neither with any.
  public func goes(with prior: PriorFamily) -> Bool {
    hasAtom ? priorsWithAtom.contains(prior) : !prior.hasAtom
  }

  /// The type that does the mathematics of one latent.
  ///
  /// - Precondition: q has a density.
  var type: any Posterior.Type {
    switch self {
    case .gaussian, .structured: GaussianPosterior.self
    case .laplace: LaplacePosterior.self
    case .spikeAndSlab, .thresholdedLaplace, .thresholdedGaussian, .poisson:
      preconditionFailure("the \(rawValue) posterior has no density")
    }
  }
}
