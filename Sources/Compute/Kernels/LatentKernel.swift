import CKernels

/// The compiled kernel of latents with a location and a log scale, z = μ + e^ℓ·ε, ℓ within a range.
public struct LatentKernel: Sendable {
  let noise: NoiseLaw
  let prior: PriorKernel
  let logScaleRange: ClosedRange<Float>

  /// - Parameter noise: normal for a Gaussian q, Laplace for a Laplace one.
  package init(noise: NoiseLaw, prior: PriorKernel, logScaleRange: ClosedRange<Float>) {
    (self.noise, self.prior, self.logScaleRange) = (noise, prior, logScaleRange)
  }
}

/// A prior of scale 1 as the kernels take it.
package struct PriorKernel: Sendable {
  private let kind: svae_prior_kind
  private let shape: SIMD3<Double>

  /// - Parameter shape: what `svae_prior_kind` says of the kind's further numbers.
  package init(_ kind: svae_prior_kind, _ shape: SIMD3<Double> = .zero) {
    (self.kind, self.shape) = (kind, shape)
  }

  /// Whether this is the Laplace prior's.
  package var isLaplace: Bool { kind == .laplace }

  /// The prior of scale s.
  package func parameters(scale: Double) -> svae_prior {
    svae_prior(
      kind: Int32(kind.rawValue), scale: Float(scale),
      shape: (Float(shape[0]), Float(shape[1]), Float(shape[2])))
  }
}

extension svae_prior_kind {
  package static let laplace = SVAE_PRIOR_LAPLACE
  package static let gaussian = SVAE_PRIOR_GAUSSIAN
  package static let cauchy = SVAE_PRIOR_CAUCHY
  package static let studentT = SVAE_PRIOR_STUDENT_T
  package static let horseshoe = SVAE_PRIOR_HORSESHOE
  package static let spikeAndSlab = SVAE_PRIOR_SPIKE_AND_SLAB
}

extension NoiseLaw {
  /// The posterior z = μ + τε of this noise, as the kernels count them.
  package var kernel: Int32 {
    let kind = self == .normal ? SVAE_POSTERIOR_GAUSSIAN : SVAE_POSTERIOR_LAPLACE
    return Int32(kind.rawValue)
  }
}
