#include "cpu.h"

#include "kernels.h"

int svae_cpu_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return 2;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
  return 0;
}

extern const struct svae_kernels svae_kernels_portable;
#if defined(__x86_64__)
extern const struct svae_kernels svae_kernels_avx2, svae_kernels_avx512;
#endif

const struct svae_kernels *svae_kernels_at(int level) {
  if (level < 0 || level > svae_cpu_level()) return NULL;
#if defined(__x86_64__)
  if (level == 2) return &svae_kernels_avx512;
  if (level == 1) return &svae_kernels_avx2;
#endif
  return &svae_kernels_portable;
}

const struct svae_kernels *svae_kernels(void) { return svae_kernels_at(svae_cpu_level()); }
