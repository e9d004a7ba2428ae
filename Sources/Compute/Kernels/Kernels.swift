import CKernels

/// The kernels of the instruction set that is in use, for modules that know no C; what each does is
/// stated in its header.
package enum Kernels {
  /// Arithmetic on rows of floats, `elementwise.h`: plain memory that stays. A row is short, so that
  /// no table of functions is copied for each.
  package static var elementwise: UnsafePointer<svae_elementwise_kernels> {
    svae_elementwise_kernels_in_use()
  }
  /// Chains of Hamiltonian Monte Carlo: `chains.h`.
  package static var chains: svae_chain_kernels { svae_kernels().pointee.chains }
  /// Loops of sparse coding: `sparse_coding.h`.
  package static var sparse: svae_sparse_kernels { svae_kernels().pointee.sparse }
}

/// Sixteen chains and what they have in common: plain memory, valid during a call.
package typealias ChainRows = svae_chains
/// What the kernels of sparse coding need to know of a problem: plain memory, valid during a call.
package typealias Lasso = svae_lasso
/// Patches on their way through a solver, a row each: plain memory, valid during a call.
package typealias CodeRows = svae_code_rows
/// Filters and the patches that codes are for.
package typealias FilteredPatches = svae_patches
/// When `active_set_newton` stops.
package typealias NewtonLimits = svae_newton_limits
/// u and v of z = uᴸ − vᴸ, and the points that momentum has carried them to.
package typealias HadamardFactors = svae_hadamard_state
