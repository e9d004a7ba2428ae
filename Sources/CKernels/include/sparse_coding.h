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
/// primal, NaN where numbers left the finite range; `sweeps` how often the active set was gone
/// over.
void svae_coordinate_descent(
  const svae_lasso *problem, int rows, const float *targets, const float *energies, float *codes,
  float tolerance, int max_sweeps, float *gaps, int32_t *sweeps, float *scratch);

/// Patches and the filters that their codes are for.
typedef struct {
  const float *filters; ///< Φ, [atoms, pixels]; NULL for no use of them
  const float *patches; ///< x, [rows, pixels]
  int32_t pixels;
} svae_patches;

/// The lasso by an active set: exact codes for the set and its signs, G_AA·z = b − λ·sign, then a
/// new set, until none changes; sixteen patches at once. Patches for which that does not end in
/// `max_rounds`, or whose set outgrows `capacity`, are finished by coordinate descent.
///
/// Given filters, codes are polished at the end: the residual x − Φᵀz tells what they lack more
/// exactly than b − Gz does in single precision.
///
/// `scratch` holds rows·stride + 16·capacity·(capacity + 3) + 4·rows·capacity + pixels
/// floats, and at least 2·stride; it is aligned to 64 bytes, as all rows are.
void svae_active_set_newton(
  const svae_lasso *problem, int rows, const float *targets, const float *energies,
  svae_patches patches, float *codes, float tolerance, int max_rounds, int capacity, float *gaps,
  int32_t *rounds, float *scratch);

/// A step of the locally competitive algorithm: u ← u + step·(c + z − u), z = threshold(u).
///
/// The threshold is shrinkage, or with `hard` keeps |u| > λ as it is.
void svae_lca_step(
  const svae_lasso *problem, int rows, float step, int hard, float *states, float *codes,
  const float *correlations);

/// The rest of a step of ADMM, given x: z ← shrink(x + u, λ/penalty), u ← u + x − z, and into
/// `right` b + penalty·(z − u), from which the next x is made.
void svae_admm_step(
  const svae_lasso *problem, int rows, float penalty, const float *targets, const float *solutions,
  float *duals, float *codes, float *right);

/// u and v of z = uᴸ − vᴸ, and the points that momentum has carried them to.
typedef struct {
  float *positive;       ///< u
  float *negative;       ///< v
  float *positive_point; ///< u's point
  float *negative_point; ///< v's point
  float *point_codes;    ///< z at the points, where c is taken
  float *momenta;        ///< t of each row
} svae_hadamard_state;

/// An accelerated step down the gradient of ½‖x − Φᵀz‖² + λ·Σ(uᴸ + vᴸ), z = uᴸ − vᴸ, u, v ≥ 0.
///
/// Its length is the largest that cannot overshoot, 1/(L²·m^(2L−2)·`lipschitz` + L(L−1)·m^(L−2)·(λ
/// + max|c|)) with m the largest of u and v of the row; the momentum starts anew as FISTA's does. u
/// and v stay above `floor`·m.
void svae_hadamard_step(
  const svae_lasso *problem, int rows, int depth, float lipschitz, float floor,
  svae_hadamard_state state, float *codes, const float *correlations);

/// z ← the `kept` largest in magnitude of z + step·c, the rest zero. `changes` gets
/// max|Δz|/max|z| of each row; `scratch` holds `stride` floats.
void svae_hard_threshold_step(
  const svae_lasso *problem, int rows, int kept, float step, float *codes,
  const float *correlations, float *changes, float *scratch);

/// Orthogonal matching pursuit: takes the atom with the largest |cₖ|/‖φₖ‖ and fits all codes taken
/// so far again, until there are `kept`, ‖r‖² ≤ `tolerance`·‖x‖², or ‖r‖² ≤ `residual`.
///
/// `fractions` gets ‖r‖²/‖x‖². `scratch` holds stride + kept·(kept + 4) floats.
void svae_orthogonal_pursuit(
  const svae_lasso *problem, int rows, int kept, float tolerance, float residual,
  const float *targets, const float *energies, float *codes, float *fractions, int32_t *taken,
  float *scratch);

/// Matching pursuit: zₖ ← zₖ + cₖ/Gₖₖ for the atom with the largest |cₖ|/‖φₖ‖, `steps` times or
/// until ‖r‖² ≤ `tolerance`·‖x‖². At most `kept` different atoms. `scratch` holds `stride` floats.
void svae_matching_pursuit(
  const svae_lasso *problem, int rows, int kept, int steps, float tolerance,
  const float *targets, const float *energies, float *codes, float *fractions, int32_t *taken,
  float *scratch);

/// One pass of block coordinate descent over the rows of Φ for min ½·tr(ΦᵀAΦ) − tr(ΦᵀB), ‖φₖ‖ ≤ 1:
/// φₖ ← φₖ + (Bₖ − AₖΦ)/Aₖₖ, divided by its norm where that exceeds 1. Rows with Aₖₖ ≤ `floor`
/// stay.
///
/// Mairal, Bach, Ponce & Sapiro 2009, "Online dictionary learning for sparse coding", algorithm 2.
///
/// `a` is [atoms, atoms]; `b` and `filters` are [atoms, pixels]; `scratch` holds `pixels` floats.
void svae_dictionary_pass(
  int atoms, int pixels, const float *a, const float *b, float floor, float *filters,
  float *scratch);

#endif
