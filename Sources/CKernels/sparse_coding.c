#include "sparse_coding.h"

#include "cpu.h"

// Each call goes to the version for this processor; what it does there takes far longer.

#define FUNCTIONS(X)                                                                               \
  X(svae_lasso_gaps,                                                                               \
    (const svae_lasso *problem, int rows, const float *codes, const float *correlations, const     \
     float *targets, const float *energies, float *gaps),                                          \
    (problem, rows, codes, correlations, targets, energies, gaps))                                 \
  X(svae_shrink_step,                                                                              \
    (const svae_lasso *problem, int rows, float step, float *codes, const float *correlations),    \
    (problem, rows, step, codes, correlations))                                                    \
  X(svae_fista_step,                                                                               \
    (const svae_lasso *problem, int rows, float step, float *codes, float *points, const float     \
     *correlations, float *momenta),                                                               \
    (problem, rows, step, codes, points, correlations, momenta))                                   \
  X(svae_coordinate_descent,                                                                       \
    (const svae_lasso *problem, int rows, const float *targets, const float *energies, float       \
     *codes, float tolerance, int max_sweeps, float *gaps, int32_t *sweeps, float *scratch),       \
    (problem, rows, targets, energies, codes, tolerance, max_sweeps, gaps, sweeps, scratch))       \
  X(svae_active_set_newton,                                                                        \
    (const svae_lasso *problem, int rows, const float *targets, const float *energies,             \
     svae_patches patches, float *codes, float tolerance, int max_rounds, int capacity,            \
     float *gaps, int32_t *rounds, float *scratch),                                                \
    (problem, rows, targets, energies, patches, codes, tolerance, max_rounds, capacity, gaps,      \
     rounds, scratch))                                                                             \
  X(svae_lca_step,                                                                                 \
    (const svae_lasso *problem, int rows, float step, int hard, float *states, float *codes,       \
     const float *correlations),                                                                   \
    (problem, rows, step, hard, states, codes, correlations))                                      \
  X(svae_admm_step,                                                                                \
    (const svae_lasso *problem, int rows, float penalty, const float *targets, const float         \
     *solutions, float *duals, float *codes, float *right),                                        \
    (problem, rows, penalty, targets, solutions, duals, codes, right))                             \
  X(svae_hadamard_step,                                                                            \
    (const svae_lasso *problem, int rows, int depth, float lipschitz, float floor,                 \
     svae_hadamard_state state, float *codes, const float *correlations),                          \
    (problem, rows, depth, lipschitz, floor, state, codes, correlations))                          \
  X(svae_hard_threshold_step,                                                                      \
    (const svae_lasso *problem, int rows, int kept, float step, float *codes, const float          \
     *correlations, float *changes, float *scratch),                                               \
    (problem, rows, kept, step, codes, correlations, changes, scratch))                            \
  X(svae_orthogonal_pursuit,                                                                       \
    (const svae_lasso *problem, int rows, int kept, float tolerance, float residual, const float   \
     *targets, const float *energies, float *codes, float *fractions, int32_t *taken, float        \
     *scratch),                                                                                    \
    (problem, rows, kept, tolerance, residual, targets, energies, codes, fractions, taken,         \
     scratch))                                                                                     \
  X(svae_matching_pursuit,                                                                         \
    (const svae_lasso *problem, int rows, int kept, int steps, float tolerance, const float        \
     *targets, const float *energies, float *codes, float *fractions, int32_t *taken, float        \
     *scratch),                                                                                    \
    (problem, rows, kept, steps, tolerance, targets, energies, codes, fractions, taken,            \
     scratch))                                                                                     \
  X(svae_dictionary_pass,                                                                          \
    (int atoms, int pixels, const float *a, const float *b, float floor, float *filters, float     \
     *scratch),                                                                                    \
    (atoms, pixels, a, b, floor, filters, scratch))

#if defined(__x86_64__)
#define DECLARE(name, parameters, arguments)                                                       \
  void name##_avx512 parameters;                                                                   \
  void name##_avx2 parameters;                                                                     \
  void name##_portable parameters;
#define DISPATCH(name, parameters, arguments)                                                      \
  void name parameters {                                                                           \
    switch (svae_cpu_level()) {                                                                    \
    case 2: name##_avx512 arguments; break;                                                        \
    case 1: name##_avx2 arguments; break;                                                          \
    default: name##_portable arguments;                                                            \
    }                                                                                              \
  }
#else
#define DECLARE(name, parameters, arguments) void name##_portable parameters;
#define DISPATCH(name, parameters, arguments)                                                      \
  void name parameters { name##_portable arguments; }
#endif

FUNCTIONS(DECLARE)
FUNCTIONS(DISPATCH)
