#ifndef SVAE_SPARSE_CODING_H
#define SVAE_SPARSE_CODING_H

#include <stddef.h>
#include <stdint.h>

// Loops of sparse coding: min over z of ½‖x − Φᵀz‖² + λ‖z‖₁, for rows of patches.
//
// Every matrix of codes is row-major with `stride` floats a row, a multiple of 16, and zeros beyond
// the last atom; G = ΦΦᵀ has the same stride. b = Φx, c = Φ(x − Φᵀz) = b − Gz.

/// What stays the same for all patches.
typedef struct {
  const float *gram;             ///< G, `atoms` rows of `stride`
  const float *inverse_diagonal; ///< 1/Gₖₖ, `stride` elements; 0 for an atom that is never used
  const float *diagonal;         ///< Gₖₖ, `stride` elements
  int atoms;
  int stride;
  float lambda;    ///< λ
  int nonnegative; ///< whether codes are restricted to z ≥ 0
} svae_lasso;

/// The relative duality gap of each row, from z, c, b and ‖x‖².
void svae_lasso_gaps(
  const svae_lasso *problem, int rows, const float *codes, const float *correlations,
  const float *targets, const float *energies, float *gaps);

/// z ← shrink(z + step·c, step·λ).
void svae_shrink_step(
  const svae_lasso *problem, int rows, float step, float *codes, const float *correlations);

/// FISTA with restart: z⁺ = shrink(y + step·c(y), step·λ); y⁺ = z⁺ + momentum·(z⁺ − z), where the
/// momentum of a row starts anew when (y − z⁺)·(z⁺ − z) > 0.
///
/// O'Donoghue & Candès 2015, "Adaptive restart for accelerated gradient schemes".
///
/// `momenta` holds t of each row.
void svae_fista_step(
  const svae_lasso *problem, int rows, float step, float *codes, float *points,
  const float *correlations, float *momenta);

/// Cyclic coordinate descent over an active set, each row to its gap ≤ `tolerance`.
///
/// `codes` holds the start on entry; `scratch` holds 2·stride floats. `gaps` gets (primal − dual) /
/// primal, NaN where numbers left the finite range; `sweeps` how often the active set was gone over.
void svae_coordinate_descent(
  const svae_lasso *problem, int rows, const float *targets, const float *energies, float *codes,
  float tolerance, int max_sweeps, float *gaps, int32_t *sweeps, float *scratch);

/// One pass of block coordinate descent over the rows of Φ for min ½·tr(ΦᵀAΦ) − tr(ΦᵀB), ‖φₖ‖ ≤ 1:
/// φₖ ← φₖ + (Bₖ − AₖΦ)/Aₖₖ, divided by its norm where that exceeds 1. Rows with Aₖₖ ≤ `floor` stay.
///
/// Mairal, Bach, Ponce & Sapiro 2009, "Online dictionary learning for sparse coding", algorithm 2.
///
/// `a` is [atoms, atoms]; `b` and `filters` are [atoms, pixels]; `scratch` holds `pixels` floats.
void svae_dictionary_pass(
  int atoms, int pixels, const float *a, const float *b, float floor, float *filters,
  float *scratch);

#endif
