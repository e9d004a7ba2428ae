#ifndef SVAE_CHAINS_H
#define SVAE_CHAINS_H

#include <stddef.h>

#include "latent.h"

// Chains of Hamiltonian Monte Carlo for one patch, sixteen in lanes.
//
// A chain stands at u, where z = μ + Wᵀu are the latents and N(0, I) for u is N(μ, WᵀW) for z, the
// Gaussian that comes closest to the posterior. At temperature β its density is
// exp(−½‖u‖² + β·h(z)), h(z) = G(Σ log p(zₖ)) + Σ zₖ²/2cₖ + constant. What a lane becomes depends
// on no other; a NaN comes through.

/// Chains that go together, and floats of a row.
enum { SVAE_CHAINS = 16 };

/// Sixteen chains and what they have in common. Rows of chains are K rows of 16 floats.
struct svae_chains {
  /// K
  size_t latents;
  /// W, K rows of `stride` floats, zeros right of the diagonal.
  const float *factor;
  size_t stride;
  /// μ and 1/c, K floats each.
  const float *mean, *precision;
  /// p(zₖ)
  struct svae_prior prior;
  /// u and its momentum.
  float *place, *momentum;
  /// z, and a number for each of them.
  float *latent, *slope;
  /// ∂h/∂u
  float *pull;
};

/// The kernels of chains for one instruction set.
struct svae_chain_kernels {
  /// z = μ + Wᵀu
  void (*latents)(const struct svae_chains *);
  /// slope = ∂ log p(zₖ)/∂zₖ, and Σ log p(zₖ) of each chain.
  void (*densities)(const struct svae_chains *, double log_density[SVAE_CHAINS]);
  /// pull = W·(factor·slope + z/c), and ½ Σ zₖ²/cₖ of each chain.
  void (*pull)(const struct svae_chains *, const float factor[SVAE_CHAINS],
               double excess[SVAE_CHAINS]);
  /// momentum += kick·pull; then both turn about 0: (u, p) ← (cos·u + sin·p, cos·p − sin·u).
  void (*turn)(const struct svae_chains *, const float kick[SVAE_CHAINS],
               const float cosine[SVAE_CHAINS], const float sine[SVAE_CHAINS]);
  /// ½ Σ (u² + p²) of each chain.
  void (*energies)(const struct svae_chains *, double energy[SVAE_CHAINS]);
  /// u and pull as they were in the lanes where `keep` is 0.
  void (*restore)(const struct svae_chains *, const float *place, const float *pull,
                  const int keep[SVAE_CHAINS]);
};

#endif
