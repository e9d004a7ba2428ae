#include "elementwise.h"

#include "cpu.h"

#define NAME(f) svae_elementwise_portable_##f
#include "elementwise.inc"

#if defined(__x86_64__)
extern const struct svae_elementwise_kernels svae_elementwise_avx2_kernels;
extern const struct svae_elementwise_kernels svae_elementwise_avx512_kernels;
#endif

const struct svae_elementwise_kernels *svae_elementwise_kernels_at(int level) {
#if defined(__x86_64__)
  if (level >= 2) return &svae_elementwise_avx512_kernels;
  if (level == 1) return &svae_elementwise_avx2_kernels;
#endif
  return &svae_elementwise_portable_kernels;
}

const struct svae_elementwise_kernels *svae_elementwise_kernels(void) {
  return svae_elementwise_kernels_at(svae_cpu_level());
}
