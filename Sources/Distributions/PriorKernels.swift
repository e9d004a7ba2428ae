import Compute

/// The priors that have a compiled kernel for batches, by name. Others are computed by their own
/// mathematics, one latent after the other.
private let priorKernels: [String: @Sendable (any Prior) -> PriorKernel?] = [
  LaplacePrior.name: { $0 is LaplacePrior ? PriorKernel(.laplace) : nil },
  GaussianPrior.name: { $0 is GaussianPrior ? PriorKernel(.gaussian) : nil },
  CauchyPrior.name: { $0 is CauchyPrior ? PriorKernel(.cauchy) : nil },
  StudentTPrior.name: {
    ($0 as? StudentTPrior).map {
      PriorKernel(.studentT, SIMD3($0.degreesOfFreedom, $0.logNormalizer, 0))
    }
  },
  HorseshoePrior.name: {
    ($0 as? HorseshoePrior).map { PriorKernel(.horseshoe, SIMD3($0.floor, $0.logNormalizer, 0)) }
  },
  SmoothSpikeAndSlabPrior.name: {
    ($0 as? SmoothSpikeAndSlabPrior).map {
      // At s = 1: the log densities at 0 of the slab's and the spike's share; the spike's precision.
      let (slab, spike) = $0.logShares(0)
      return PriorKernel(.spikeAndSlab, SIMD3(slab, spike, 1 / ($0.spikeRatio * $0.spikeRatio)))
    }
  },
]

extension Prior {
  /// This prior's kernel; nil where none is made for it, or another type took over the name.
  package var kernel: PriorKernel? { priorKernels[Self.name]?(self) }
}
