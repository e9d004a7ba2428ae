#include "cpu.h"

#include "kernels.h"

#include <stdatomic.h>

int svae_cpu_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return SVAE_AVX512;
  }
  if (!__builtin_cpu_supports("avx") || !__builtin_cpu_supports("fma")) return SVAE_PORTABLE;
  return __builtin_cpu_supports("avx2") ? SVAE_AVX2 : SVAE_FMA;
#else
  return SVAE_PORTABLE;
#endif
}

/// What `svae_use_level` was given last.
static _Atomic int chosen = SVAE_AVX512;

int svae_level(void) {
  const int level = atomic_load_explicit(&chosen, memory_order_relaxed);
  const int widest = svae_cpu_level();
  return level < widest ? level : widest;
}

/// The kernels of that level; NULL before they are first asked for.
static _Atomic(const struct svae_kernels *) in_use;

void svae_use_level(int level) {
  atomic_store(&chosen, level);
  atomic_store(&in_use, svae_kernels_at(svae_level()));
}

int svae_level_is_fused(int level) {
#if defined(__aarch64__)
  return level >= SVAE_PORTABLE;
#else
  return level >= SVAE_FMA;
#endif
}

extern const struct svae_kernels svae_kernels_portable;
#if defined(__x86_64__)
extern const struct svae_kernels svae_kernels_fma, svae_kernels_avx2, svae_kernels_avx512;
#endif

const struct svae_kernels *svae_kernels_at(int level) {
  if (level < 0 || level > svae_cpu_level()) return NULL;
#if defined(__x86_64__)
  if (level == SVAE_AVX512) return &svae_kernels_avx512;
  if (level == SVAE_AVX2) return &svae_kernels_avx2;
  if (level == SVAE_FMA) return &svae_kernels_fma;
#endif
  return &svae_kernels_portable;
}

const struct svae_kernels *svae_kernels(void) {
  const struct svae_kernels *kernels = atomic_load_explicit(&in_use, memory_order_relaxed);
  if (kernels) return kernels;
  // Another thread may have chosen meanwhile: its choice stands.
  const struct svae_kernels *widest = svae_kernels_at(svae_level());
  return atomic_compare_exchange_strong(&in_use, &kernels, widest) ? widest : kernels;
}

const struct svae_elementwise_kernels *svae_elementwise_kernels_in_use(void) {
  return &svae_kernels()->elementwise;
}
