/// The posteriors by name, as options and configurations give them.
public enum PosteriorFamily: String, Codable, CaseIterable, Sendable {
  /// q(z) = N(z; μ, τ²)
  case gaussian
  /// q(z) = exp(−|z − μ|/τ)/2τ
  case laplace

  /// The type that does the mathematics.
  var type: any Posterior.Type {
    switch self {
    case .gaussian: GaussianPosterior.self
    case .laplace: LaplacePosterior.self
    }
  }
}
