#include "CPeak.h"

#if defined(__x86_64__)
#define REGISTER "+v"
#else
#define REGISTER "+w"
#endif

#define NAME(f) portable_##f
#define BYTES 16
#include "peak.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(f) avx2_##f
#define BYTES 32
#include "peak.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), \
                             apply_to = function)
#define NAME(f) avx512_##f
#define BYTES 64
#include "peak.inc"
#pragma clang attribute pop
#endif

double svae_peak_multiply_adds(int level, size_t rounds) {
#if defined(__x86_64__)
  if (level == 3) return avx512_multiply_adds(rounds);
  if (level == 2) return avx2_multiply_adds(rounds);
#endif
  return portable_multiply_adds(rounds);
}

void svae_peak_scale(int level, size_t n, float factor, const float *a, float *b) {
#if defined(__x86_64__)
  if (level == 3) return avx512_scale(n, factor, a, b);
  if (level == 2) return avx2_scale(n, factor, a, b);
#endif
  portable_scale(n, factor, a, b);
}
