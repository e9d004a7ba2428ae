// The kernels in 128-bit vectors with fused multiply-adds: NEON's width, on an x86 processor.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx,fma"))), apply_to = function)
#define NAME(f) f##_fma
#define LANES 4
#define FUSED 1
#define ROWS 6
#define UPDATE_ROWS 6
#define TILE_ROWS 3
#include "kernels.inc"
#pragma clang attribute pop
#endif
