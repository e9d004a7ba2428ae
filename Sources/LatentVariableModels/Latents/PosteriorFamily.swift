/// The posteriors by name, as options and configurations give them.
public enum PosteriorFamily: String, Codable, CaseIterable, Sendable {
  /// q(z) = N(z; μ, τ²)
  case gaussian
  /// q(z) = exp(−|z − μ|/τ)/2τ
  case laplace
  /// q(z) = N(μ, Σ) with the covariance that the decoder gives, Σ⁻¹ = ΦΦᵀ/σ² + diag(1/c(x)); of
  /// each latent a Gaussian.
  case structured

  /// The type that does the mathematics.
  var type: any Posterior.Type {
    switch self {
    case .gaussian, .structured: GaussianPosterior.self
    case .laplace: LaplacePosterior.self
    }
  }
}
