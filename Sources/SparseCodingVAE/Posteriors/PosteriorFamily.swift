import CKernels

/// The posteriors by name, as options and configurations give them.
public enum PosteriorFamily: String, Codable, CaseIterable, Sendable {
  case gaussian
  case laplace

  /// The type that does the mathematics.
  public var type: any Posterior.Type { entry.type }

  /// The family's number in the kernels' tables.
  package var kernel: Int32 { Int32(entry.kernel.rawValue) }

  private var entry: (type: any Posterior.Type, kernel: svae_posterior_kind) {
    switch self {
    case .gaussian: (GaussianPosterior.self, SVAE_POSTERIOR_GAUSSIAN)
    case .laplace: (LaplacePosterior.self, SVAE_POSTERIOR_LAPLACE)
    }
  }
}
