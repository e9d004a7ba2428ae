/// The posteriors by name, as options and configurations give them.
public enum PosteriorFamily: String, Codable, CaseIterable, Sendable {
  case gaussian
  case laplace

  /// The type that does the mathematics.
  public var type: any Posterior.Type {
    switch self {
    case .gaussian: GaussianPosterior.self
    case .laplace: LaplacePosterior.self
    }
  }
}
