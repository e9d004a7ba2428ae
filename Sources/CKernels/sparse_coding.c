#include "sparse_coding.h"

#include "cpu.h"

// Each call goes to the version for this processor; what it does there takes far longer.

#define SIGNATURES(X)                                                                              \
  X(svae_lasso_gaps,                                                                               \
    (const svae_lasso *p, int rows, const float *codes, const float *correlations,                 \
     const float *targets, const float *energies, float *gaps),                                    \
    (p, rows, codes, correlations, targets, energies, gaps))                                       \
  X(svae_shrink_step,                                                                              \
    (const svae_lasso *p, int rows, float step, float *codes, const float *correlations),          \
    (p, rows, step, codes, correlations))                                                          \
  X(svae_fista_step,                                                                               \
    (const svae_lasso *p, int rows, float step, float *codes, float *points,                       \
     const float *correlations, float *momenta),                                                   \
    (p, rows, step, codes, points, correlations, momenta))                                         \
  X(svae_coordinate_descent,                                                                       \
    (const svae_lasso *p, int rows, const float *targets, const float *energies, float *codes,     \
     float tolerance, int max_sweeps, float *gaps, int32_t *sweeps, float *scratch),                 \
    (p, rows, targets, energies, codes, tolerance, max_sweeps, gaps, sweeps, scratch))             \
  X(svae_dictionary_pass,                                                                          \
    (int atoms, int pixels, const float *a, const float *b, float floor, float *filters,           \
     float *scratch),                                                                              \
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

SIGNATURES(DECLARE)
SIGNATURES(DISPATCH)
