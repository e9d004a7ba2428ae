// The dense kernels in 128-bit vectors: NEON's and SSE's width.
#include "dense.h"

#define NAME(f) svae_dense_portable_##f
#define LANES 4
#if defined(__aarch64__)
#define FUSED 1
#endif
#include "dense_portable.inc"

#if defined(__x86_64__)
extern const struct svae_dense_kernels svae_dense_avx2_kernels, svae_dense_avx512_kernels;
#endif

#include "cpu.h"

const struct svae_dense_kernels *svae_dense_kernels_at(int level) {
#if defined(__x86_64__)
  if (level >= 2) return &svae_dense_avx512_kernels;
  if (level == 1) return &svae_dense_avx2_kernels;
#endif
  return &svae_dense_portable_kernels;
}

const struct svae_dense_kernels *svae_dense_kernels(void) {
  return svae_dense_kernels_at(svae_cpu_level());
}
