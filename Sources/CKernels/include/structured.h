#ifndef SVAE_STRUCTURED_H
#define SVAE_STRUCTURED_H

#include <stddef.h>

#include "dense.h"

// The structured posterior of a linear decoder, q(z) = N(μ, Σ) with Σ⁻¹ = ΦΦᵀ/σ² + diag(1/c): the
// exact posterior where each latent's prior is replaced by N(0, cₖ).
//
// Patches lie in lanes, sixteen at a time: half of a block of 32 (`SVAE_BLOCK`), whose rows are 32
// floats apart. What a lane becomes depends on no other; a NaN comes through. Factors cannot fail:
// a pivot of Σ⁻¹ is at least 1/c, one of I + ΦᵀCΦ/σ² at least 1, and what rounding takes from that
// is given back.

/// Patches that are worked on at a time.
enum { SVAE_GROUP = 16 };

/// Side of a tile of a symmetric matrix: row i and column j ≤ i of K × K numbers lie in tile
/// I(I + 1)/2 + J with I = i/side and J = j/side; tiles are whole, those on the diagonal too.
enum { SVAE_TILE_SIDE = 3 };

/// What is conditioned: sixteen patches, and the decoder.
struct svae_structured {
  /// K and D.
  size_t latents, pixels;
  /// Patches of the group, 0 to 16; others add nothing to `sums`.
  size_t lanes;
  /// Φ, K rows of `stride` floats.
  const float *filters;
  size_t stride;
  /// Φᵀ, D rows of K floats, and rows of zeros up to whole tiles; read by `by_pixels`.
  const float *columns;
  /// 1/σ²
  float precision;
  /// For `by_latents`, ΦΦᵀ/σ² in tiles: `svae_structured_kernels.tiles` of 9 floats.
  const float *gram;
  /// Φ(x − b), K rows; read by `by_latents`.
  const float *drive;
  /// x − b, D rows; read by `by_pixels`.
  const float *centred;
  /// c, K rows.
  const float *prior_variance;
  /// μ and diag Σ, K rows; written.
  float *mean, *variance;
  /// log det Σ of each patch, 16 floats; written.
  float *log_determinant;
  /// Summed over patches: of `by_latents` Σ in tiles as `gram` has them, of `by_pixels` ΣΦ in K
  /// rows of `stride` floats. NULL where it is not wanted.
  float *sums;
  /// `scratch_of_latents` or `scratch_of_pixels` floats.
  float *scratch;
};

/// What the Laplace prior makes of sixteen patches: rows as in `svae_structured`.
struct svae_laplace_group {
  /// K, and patches of the group: what is written for the lanes beyond is 0.
  size_t latents, lanes;
  /// s of each latent.
  const float *scales;
  /// ω, the standard deviation of the logarithm of a patch's contrast, 0 where it has none.
  float contrast_scale;
  /// ℓ's range.
  float low, high;
  /// What gradients are multiplied with.
  float weight;
  /// The encoder's m and ℓ, read.
  const float *mean_head, *log_scale_head;
  /// c
  float *prior_variance;
  /// μ and diag Σ.
  float *mean, *variance;
  const float *log_determinant;
  /// KL of each latent's own posterior N(μₖ, Σₖₖ), nats.
  float *kl;
  /// weight · ∂/∂m and weight · ∂/∂ℓ of the bound.
  float *d_mean, *d_log_scale;
  /// ∂KL/∂log s of each latent, summed over patches; NULL where only their sum is wanted.
  float *scale_slopes;
  /// Four rows: what the joint KL has beside that of the latents; mean and standard deviation of
  /// the contrast's logarithm; K − Σₖ Σₖₖ/cₖ = tr(ΦᵀΣΦ)/σ².
  float *patch;
};

/// Sums over the patches of a group.
struct svae_laplace_sums {
  /// KL, joint, nats.
  float divergence;
  /// ∂KL/∂log s of one s for all latents.
  float scale_slope;
  /// ∂KL/∂log ω
  float contrast_slope;
  /// tr(ΦᵀΣΦ)/σ²
  float trace;
};

/// The structured posterior's kernels for one instruction set.
struct svae_structured_kernels {
  /// Tiles of a symmetric matrix.
  size_t (*tiles)(size_t order);
  size_t (*scratch_of_latents)(size_t latents);
  size_t (*scratch_of_pixels)(size_t pixels);

  /// μ, diag Σ, log det Σ by a factor of the K × K matrix Σ⁻¹: K³/2 multiplications a patch.
  void (*by_latents)(const struct svae_structured *);
  /// The same by a factor of the D × D matrix I + ΦᵀCΦ/σ²: D³/3 + 3D²K/2.
  void (*by_pixels)(const struct svae_structured *);

  /// c = s·√(m² + e^2ℓ): where the Laplace prior, majorised at the second moment m² + e^2ℓ, is
  /// N(0, c).
  void (*expand)(const struct svae_laplace_group *);
  /// weight · the bound's slopes by m and ℓ at the moments found from them, and then the c that
  /// these moments ask for, c = s·√(μ² + diag Σ)/E[1/a] with the contrast a. Calls for `measure`.
  void (*slopes)(const struct svae_laplace_group *);
  void (*refine)(const struct svae_laplace_group *);
  /// The patches' contrast, which is best for these moments, and KL(q ‖ p).
  struct svae_laplace_sums (*measure)(const struct svae_laplace_group *);
};

#endif
