import CKernels
import Distributions

/// The priors whose energies have a compiled kernel for batches, by name. Others are computed by
/// their own mathematics, one latent after the other.
let priorKernels: [String: PriorKernel] = [
  LaplacePrior.name: PriorKernel(SVAE_PRIOR_LAPLACE) { (_: LaplacePrior) in .zero },
  GaussianPrior.name: PriorKernel(SVAE_PRIOR_GAUSSIAN) { (_: GaussianPrior) in .zero },
  CauchyPrior.name: PriorKernel(SVAE_PRIOR_CAUCHY) { (_: CauchyPrior) in .zero },
  StudentTPrior.name: PriorKernel(SVAE_PRIOR_STUDENT_T) { (prior: StudentTPrior) in
    SIMD3(prior.degreesOfFreedom, prior.logNormalizer, 0)
  },
  HorseshoePrior.name: PriorKernel(SVAE_PRIOR_HORSESHOE) { (prior: HorseshoePrior) in
    SIMD3(prior.floor, prior.logNormalizer, 0)
  },
  SpikeAndSlabPrior.name: PriorKernel(SVAE_PRIOR_SPIKE_AND_SLAB) { (prior: SpikeAndSlabPrior) in
    // At s = 1: the log densities at 0 of the slab's and the spike's share; the spike's precision.
    let (slab, spike) = prior.logShares(0)
    return SIMD3(slab, spike, 1 / (prior.spikeRatio * prior.spikeRatio))
  },
]

/// A kernel's number, and what it wants to know of a prior beside the scale.
struct PriorKernel: Sendable {
  private let parameters: @Sendable (any Prior) -> svae_prior?

  init<P: Prior>(
    _ kind: svae_prior_kind, _ numbers: @escaping @Sendable (P) -> SIMD3<Double>
  ) {
    parameters = { prior in
      guard let prior = prior as? P else { return nil }
      let shape = numbers(prior)
      return svae_prior(
        kind: Int32(kind.rawValue), scale: Float(prior.scale),
        shape: (Float(shape[0]), Float(shape[1]), Float(shape[2])))
    }
  }

  /// The prior as the kernels take it; nil for another type that took over the name.
  func callAsFunction(_ prior: any Prior) -> svae_prior? { parameters(prior) }
}

extension Prior {
  /// This prior as the kernels take it; nil where none is made for it.
  package var kernelParameters: svae_prior? { priorKernels[Self.name]?(self) }
}
