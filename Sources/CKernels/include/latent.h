#ifndef SVAE_LATENT_H
#define SVAE_LATENT_H

#include <stddef.h>

#include "dense.h"

// Latent variables in batches: samples, divergences from the prior, and their gradients.
//
// What an element becomes does not depend on where it stands. Arrays do not overlap. The logarithm
// ℓ of the posterior's scale is clamped to [low, high], and has no gradient where it lies outside;
// τ = exp(ℓ) after clamping. A NaN comes through.

/// Families of priors, in the order of the kernels' tables.
enum svae_prior_kind {
  SVAE_PRIOR_LAPLACE,
  SVAE_PRIOR_GAUSSIAN,
  SVAE_PRIOR_CAUCHY,
  /// shape: ν, log of the normaliser at s = 1
  SVAE_PRIOR_STUDENT_T,
  /// shape: floor of |z|/s, log of the normaliser at s = 1
  SVAE_PRIOR_HORSESHOE,
  /// shape, at s = 1: log density of the slab's share at 0, the same of the spike, the spike's
  /// precision
  SVAE_PRIOR_SPIKE_AND_SLAB,
};

/// Families of posteriors: z = μ + τε with ε from N(0, 1) or Laplace(0, 1).
enum svae_posterior_kind { SVAE_POSTERIOR_GAUSSIAN, SVAE_POSTERIOR_LAPLACE };

/// What the kernels need to know of a prior p(z; s) = p₀(z/s)/s.
struct svae_prior {
  /// an `svae_prior_kind`
  int kind;
  /// s
  float scale;
  /// what else the family needs, see `svae_prior_kind`
  float shape[3];
};

/// Latents of a block of patches, a row of 32 floats for each (`SVAE_BLOCK`), one plane for each of
/// their numbers.
struct svae_latent_planes {
  /// Rows, one after the other in memory.
  size_t latents;
  /// Patches of the block, 1 to 32: what is written for the lanes beyond is 0.
  size_t lanes;
  /// an `svae_posterior_kind`
  int posterior;
  /// p(z), the same for all latents.
  struct svae_prior prior;
  /// ℓ's range.
  float low, high;
  /// What the gradients are multiplied with.
  float weight;
  /// μ, ℓ and ε, read.
  const float *mean, *log_scale, *noise;
  /// z = μ + τε, and ∂z/∂ℓ: τε, but 0 where ℓ is clamped; written.
  float *z, *tau_noise;
  /// KL(q ‖ p) in nats, written.
  float *kl;
  /// weight · ∂KL/∂μ and weight · ∂KL/∂ℓ, written.
  float *d_mean, *d_log_scale;
  /// NULL for samples. Else Var z is written here, z becomes μ, and `tau_noise` ∂Var z/∂ℓ.
  float *variance;
};

/// The latents' kernels for one instruction set.
struct svae_latent_kernels {
  /// Draws z and finds KL(q ‖ p) of each latent with its gradients.
  ///
  /// In closed form for Gaussian and Laplace posteriors against Gaussian and Laplace priors; else
  /// estimated from the sample as −H(q) − log p(z), with the gradient along z(μ, ℓ).
  ///
  /// Returns weight · Σ ∂KL/∂log s, for a prior whose scale is learned (clamped ℓ included).
  float (*draw)(const struct svae_latent_planes *planes);

  /// Carries a gradient by z back to the posterior, for n latents: d_mean += d_z,
  /// d_log_scale += d_z · tau_noise.
  void (*backward)(size_t n, const float *d_z, const float *tau_noise, float *d_mean,
                   float *d_log_scale);
};

#endif
