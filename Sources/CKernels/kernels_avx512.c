// The kernels over 512-bit registers: 14 rows of two vectors make 28 sums; beside Adam's numbers
// there is room for 12 rows.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define NAME(f) f##_avx512
#define LANES 16
#define FUSED 1
#define ROWS 14
#define UPDATE_ROWS 12
#define TILE_ROWS 6
#define INTRINSICS 1
#include "kernels.inc"
#pragma clang attribute pop
#endif
