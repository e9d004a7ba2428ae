#ifndef SVAE_MATH_PROBE_H
#define SVAE_MATH_PROBE_H

#include <stddef.h>

// The elementary functions of the kernels, which are inlined there, for tests: out[i] = f(in[i]).

struct svae_math_probe {
  void (*exp)(size_t n, const float *in, float *out);
  void (*log)(size_t n, const float *in, float *out);
  void (*erf)(size_t n, const float *in, float *out);
  void (*exponential_integral_residue)(size_t n, const float *in, float *out);
};

/// As compiled for any processor, and for one with fused multiply-adds.
extern const struct svae_math_probe svae_math_probe_portable;
#if defined(__x86_64__)
extern const struct svae_math_probe svae_math_probe_fused;
#endif

#endif
