#ifndef SVAE_SPARSE_CODING_H
#define SVAE_SPARSE_CODING_H

#include <stddef.h>
#include <stdint.h>

// Loops of sparse coding: min over z of ½‖x − Φᵀz‖² + λ‖z‖₁, for rows of patches.
//
// Every matrix of codes is row-major with `stride` floats a row, a multiple of 16, and zeros beyond
// the last atom; G = ΦΦᵀ has the same stride. b = Φx, c = Φ(x − Φᵀz) = b − Gz.

/// What stays the same for all patches.
struct svae_lasso {
  /// G, `atoms` rows of `stride`.
  const float *gram;
  /// 1/Gₖₖ, `stride` elements; 0 for an atom that is never used.
  const float *inverse_diagonal;
  /// Gₖₖ, `stride` elements.
  const float *diagonal;
  int atoms, stride;
  /// λ
  float lambda;
  /// Whether codes are restricted to z ≥ 0.
  int nonnegative;
};

/// Patches on their way through a solver, a row each.
struct svae_code_rows {
  int rows;
  /// b, `[rows, stride]`.
  const float *targets;
  /// ‖x‖², NaN or infinite where there is nothing to be solved.
  const float *energies;
  /// z, `[rows, stride]`: the start on entry, what a kernel makes of it on return.
  float *codes;
  /// What a solver stopped by: the relative duality gap, (primal − dual)/primal, unless stated
  /// otherwise; NaN where numbers left the finite range.
  float *gaps;
  /// How often a solver went over each row.
  int32_t *iterations;
};

/// Filters and the patches that codes are for.
struct svae_patches {
  /// Φ, [atoms, pixels]; NULL for no use of them.
  const float *filters;
  /// x, [rows, pixels].
  const float *patches;
  int pixels;
};

/// When `active_set_newton` stops.
struct svae_newton_limits {
  /// The gap to reach.
  float tolerance;
  int max_rounds;
  /// Atoms of a set at most.
  int capacity;
};

/// u and v of z = uᴸ − vᴸ, and the points that momentum has carried them to.
struct svae_hadamard_state {
  /// u and v, `[rows, stride]`, and their points.
  float *positive, *negative, *positive_point, *negative_point;
  /// z at the points, where c is taken.
  float *point_codes;
  /// t of each row.
  float *momenta;
};

/// Kernels of sparse coding for one instruction set.
struct svae_sparse_kernels {
  /// The relative duality gap of each row, from z, c, b and ‖x‖².
  void (*lasso_gaps)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                     const float *correlations);

  /// z ← shrink(z + step·c, step·λ).
  void (*shrink_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                      float step, const float *correlations);

  /// FISTA with restart: z⁺ = shrink(y + step·c(y), step·λ); y⁺ = z⁺ + momentum·(z⁺ − z), where the
  /// momentum of a row starts anew when (y − z⁺)·(z⁺ − z) > 0.
  ///
  /// O'Donoghue & Candès 2015, "Adaptive restart for accelerated gradient schemes".
  ///
  /// `points` holds y, `momenta` t of each row.
  void (*fista_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                     float step, float *points, const float *correlations, float *momenta);

  /// Cyclic coordinate descent over an active set, each row to its gap ≤ `tolerance`.
  ///
  /// `iterations` gets how often the active set was gone over; `scratch` holds 2·stride floats.
  void (*coordinate_descent)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                             float tolerance, int max_sweeps, float *scratch);

  /// The lasso by an active set: exact codes for the set and its signs, G_AA·z = b − λ·sign, then a
  /// new set, until none changes; a patch in each lane of a vector. Patches for which that does not
  /// end in `max_rounds`, or whose set outgrows `capacity`, are finished by coordinate descent.
  ///
  /// Given filters, codes are polished at the end: the residual x − Φᵀz tells what they lack more
  /// exactly than b − Gz does in single precision.
  ///
  /// `scratch` holds what `newton_scratch` asks for; it is aligned to 64 bytes, as all rows are.
  void (*active_set_newton)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                            const struct svae_patches *patches,
                            const struct svae_newton_limits *limits, float *scratch);

  /// The bytes of scratch that `active_set_newton` needs.
  size_t (*newton_scratch)(int rows, int stride, int pixels, int capacity);

  /// A step of the locally competitive algorithm: u ← u + step·(c + z − u), z = threshold(u).
  ///
  /// The threshold is shrinkage, or with `hard` keeps |u| > λ as it is.
  void (*lca_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows, float step,
                   int hard, float *states, const float *correlations);

  /// The rest of a step of ADMM, given x: z ← shrink(x + u, λ/penalty), u ← u + x − z, and into
  /// `right` b + penalty·(z − u), from which the next x is made.
  void (*admm_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                    float penalty, const float *solutions, float *duals, float *right);

  /// An accelerated step down the gradient of ½‖x − Φᵀz‖² + λ·Σ(uᴸ + vᴸ), z = uᴸ − vᴸ, u, v ≥ 0.
  ///
  /// Its length is the largest that cannot overshoot, 1/(L²·m^(2L−2)·`lipschitz` +
  /// L(L−1)·m^(L−2)·(λ
  /// + max|c|)) with m the largest of u and v of the row; the momentum starts anew as FISTA's does.
  /// u and v stay above `floor`·m.
  void (*hadamard_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                        int depth, float lipschitz, float floor,
                        const struct svae_hadamard_state *state, const float *correlations);

  /// z ← the `kept` largest in magnitude of z + step·c, the rest zero. `changes` gets
  /// max|Δz|/max|z| of each row; `scratch` holds `stride` floats.
  void (*hard_threshold_step)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                              int kept, float step, const float *correlations, float *changes,
                              float *scratch);

  /// Orthogonal matching pursuit: takes the atom with the largest |cₖ|/‖φₖ‖ and fits all codes
  /// taken so far again, until there are `kept`, ‖r‖² ≤ `tolerance`·‖x‖², or ‖r‖² ≤ `residual`.
  ///
  /// `gaps` gets ‖r‖²/‖x‖², `iterations` the atoms taken. `scratch` holds stride + kept·(kept + 4)
  /// floats.
  void (*orthogonal_pursuit)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                             int kept, float tolerance, float residual, float *scratch);

  /// Matching pursuit: zₖ ← zₖ + cₖ/Gₖₖ for the atom with the largest |cₖ|/‖φₖ‖, `steps` times or
  /// until ‖r‖² ≤ `tolerance`·‖x‖². At most `kept` different atoms.
  ///
  /// `gaps` gets ‖r‖²/‖x‖², `iterations` the steps. `scratch` holds `stride` floats.
  void (*matching_pursuit)(const struct svae_lasso *problem, const struct svae_code_rows *rows,
                           int kept, int steps, float tolerance, float *scratch);

  /// One pass of block coordinate descent over the rows of Φ for min ½·tr(ΦᵀAΦ) − tr(ΦᵀB),
  /// ‖φₖ‖ ≤ 1: φₖ ← φₖ + (Bₖ − AₖΦ)/Aₖₖ, divided by its norm where that exceeds 1. Rows with
  /// Aₖₖ ≤ `floor` stay.
  ///
  /// Mairal, Bach, Ponce & Sapiro 2009, "Online dictionary learning for sparse coding",
  /// algorithm 2.
  ///
  /// `a` is [atoms, atoms]; `b` and `filters` are [atoms, pixels]; `scratch` holds `pixels` floats.
  void (*dictionary_pass)(int atoms, int pixels, const float *a, const float *b, float floor,
                          float *filters, float *scratch);
};

#endif
