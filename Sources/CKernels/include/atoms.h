#ifndef SVAE_ATOMS_H
#define SVAE_ATOMS_H

#include <stddef.h>

#include "dense.h"

// Posteriors with atoms in batches: exact zeros and counts. Mean, variance and KL(q ‖ p) in closed
// form, and their gradients.
//
// What an element becomes does not depend on where it stands. Arrays do not overlap. A NaN comes
// through.

enum svae_atom_kind {
  /// q(z) = (1 − γ)·δ₀ + γ·Laplace(μ, τ), p(z) = (1 − γ₀)·δ₀ + γ₀·Laplace(0, s)
  SVAE_ATOM_LAPLACE_SLAB,
  /// q(z) = (1 − γ)·δ₀ + γ·N(μ, τ²), p(z) = (1 − γ₀)·δ₀ + γ₀·N(0, s²)
  SVAE_ATOM_GAUSSIAN_SLAB,
  /// z = s·n: q(n) = Poisson(λ), p(n) = Poisson(r)
  SVAE_ATOM_COUNTS,
};

/// Latents of a block of patches, a row of 32 floats for each (`SVAE_BLOCK`), one plane for each of
/// their numbers.
struct svae_atom_planes {
  /// Rows, one after the other in memory.
  size_t latents;
  /// Patches of the block, 1 to 32: what is written for the lanes beyond is 0.
  size_t lanes;
  /// an `svae_atom_kind`
  int kind;
  /// s
  float scale;
  /// The range of ℓ = log τ, or of log λ; outside it has no gradient.
  float low, high;
  /// What the gradients are multiplied with.
  float weight;
  /// logit γ₀; or log r of each latent.
  const float *number;
  /// μ, ℓ and logit γ, read; of counts log λ/r in `first` alone.
  const float *first, *second, *third;
  /// E z and Var z, written.
  float *z, *variance;
  /// γ; or 1, and 0 where log λ is outside the range; written.
  float *share;
  /// KL(q ‖ p) in nats, written.
  float *kl;
  /// weight · ∂KL/∂ of what is read, written.
  float *d_first, *d_second, *d_third;
  /// weight · Σ ∂KL/∂number at fixed q over the patches, one of each latent, written.
  float *number_slopes;
};

/// The gradient of a latent's heads from that of its moments, a row of 32 floats each.
struct svae_atom_gradient {
  /// an `svae_atom_kind`
  int kind;
  float low, high;
  /// ∂L/∂E z, and ∂L/∂Var z, which is the same for all patches.
  const float *d_z;
  float d_variance;
  /// As `svae_atom_planes` has them.
  const float *first, *second;
  const float *z, *variance, *share;
  /// Added to.
  float *d_first, *d_second, *d_third;
};

/// The kernels for one instruction set.
struct svae_atom_kernels {
  /// Finds the moments and KL(q ‖ p) of each latent with its gradients.
  ///
  /// Returns weight · Σ ∂KL/∂log s, 0 of counts.
  float (*draw)(const struct svae_atom_planes *planes);
  /// Carries the gradient by a latent's moments back to its heads.
  void (*backward)(const struct svae_atom_gradient *gradient);
};

#endif
