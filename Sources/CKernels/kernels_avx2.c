// The kernels over 256-bit registers, with fused multiply-adds.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(f) f##_avx2
#define LANES 8
#define FUSED 1
#define ROWS 6
#define UPDATE_ROWS 6
#define TILE_ROWS 3
#define INTRINSICS 1
#include "kernels.inc"
#pragma clang attribute pop
#endif
