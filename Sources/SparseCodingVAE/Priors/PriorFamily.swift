import CKernels

/// The priors by name, as options and configurations give them.
///
/// A new prior is a file with its type and a line in the table below; for batches, a number in
/// `latent.h` and its energy in `latent.inc`, which the estimate of its divergence follows from.
public enum PriorFamily: String, Codable, CaseIterable, Sendable {
  case laplace
  case gaussian
  case cauchy
  case studentT = "student-t"
  case horseshoe
  case spikeAndSlab = "spike-and-slab"

  /// The prior of this family with scale s and default shape.
  public func prior(scale: Double) -> any Prior { entry.make(scale) }

  /// The family's number in the kernels' tables.
  package var kernel: svae_prior_kind { entry.kernel }

  private var entry: (make: (Double) -> any Prior, kernel: svae_prior_kind) {
    switch self {
    case .laplace: ({ LaplacePrior(scale: $0) }, SVAE_PRIOR_LAPLACE)
    case .gaussian: ({ GaussianPrior(scale: $0) }, SVAE_PRIOR_GAUSSIAN)
    case .cauchy: ({ CauchyPrior(scale: $0) }, SVAE_PRIOR_CAUCHY)
    case .studentT: ({ StudentTPrior(scale: $0) }, SVAE_PRIOR_STUDENT_T)
    case .horseshoe: ({ HorseshoePrior(scale: $0) }, SVAE_PRIOR_HORSESHOE)
    case .spikeAndSlab: ({ SpikeAndSlabPrior(scale: $0) }, SVAE_PRIOR_SPIKE_AND_SLAB)
    }
  }
}
