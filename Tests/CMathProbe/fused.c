#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME svae_math_probe_fused
#include "probe.inc"
#pragma clang attribute pop
#endif
