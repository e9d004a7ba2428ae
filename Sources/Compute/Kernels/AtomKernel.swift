import CKernels

/// The compiled kernel of latents with exact zeros or counts.
public struct AtomKernel: Sendable {
  package let kind: svae_atom_kind
  /// Of ℓ, or of log λ.
  package let range: ClosedRange<Float>

  package init(_ kind: svae_atom_kind, range: ClosedRange<Float>) {
    (self.kind, self.range) = (kind, range)
  }
}

extension svae_atom_kind {
  package static let laplaceSlab = SVAE_ATOM_LAPLACE_SLAB
  package static let gaussianSlab = SVAE_ATOM_GAUSSIAN_SLAB
  package static let counts = SVAE_ATOM_COUNTS
}
