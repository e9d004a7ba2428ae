// The dense kernels over 256-bit registers with FMA.
#include "dense.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(f) svae_dense_avx2_##f
#define LANES 8
#define FUSED 1
#include "dense_portable.inc"
#pragma clang attribute pop
#endif
