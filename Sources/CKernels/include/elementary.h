#ifndef SVAE_ELEMENTARY_H
#define SVAE_ELEMENTARY_H

#include <stddef.h>

/// The elementary functions that the latents' kernels inline, for tests: out[i] = f(in[i]).
struct svae_elementary_functions {
  void (*exp)(size_t n, const float *in, float *out);
  void (*log)(size_t n, const float *in, float *out);
  void (*erf)(size_t n, const float *in, float *out);
  /// 1/(eˣE₁(x)) − x
  void (*exponential_integral_residue)(size_t n, const float *in, float *out);
};

#endif
