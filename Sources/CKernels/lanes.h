// The vectors of one instruction set. Included by each kernels_*.c, which defines
//   LANES        floats in a vector (2 · LANES divides 32)
//   FUSED        whether the processor has a fused multiply-add
//   ROWS         rows of two vectors whose sums fit the registers
//   UPDATE_ROWS  the same beside Adam's numbers
//   TILE_ROWS    rows of four columns of vectors whose sums fit the registers
//   INTRINSICS   whether x86 instructions read parts of vectors and, of 16 floats, transpose blocks
// and compiles all that follows for its own target.
//
// All sets with a fused multiply-add give the same bits: nothing here is reassociated or contracted
// by the compiler, products are fused with additions where `fused` or `fma_` says so, and every sum
// has one order, whatever the width of a vector.

#include <stddef.h>
#include <stdint.h>

#pragma clang fp contract(off) reassociate(off)

typedef float V __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(4 * LANES), aligned(4)));

#if LANES == 16
typedef float HalfV __attribute__((vector_size(32)));
#endif
#if LANES >= 8
typedef float QuarterV __attribute__((vector_size(16)));
#endif

#define INLINE static inline __attribute__((always_inline, unused))

INLINE V load(const float *p) { return *(const V *)p; }

INLINE void store(float *p, V x) { *(V *)p = x; }

/// Less zero, which is nothing; plus zero would be an addition, as −0 + 0 = 0.
INLINE V broadcast(const float *p) { return *p - (V){}; }

/// a·b + c, rounded once; twice where the processor cannot.
#if FUSED
INLINE V fma_(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
INLINE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
INLINE V fma_(V a, V b, V c) { return a * b + c; }
INLINE float fused(float a, float b, float c) { return a * b + c; }
#endif

/// The larger of two numbers, b where one is not a number.
INLINE float larger(float a, float b) { return a > b ? a : b; }

/// The smaller of two numbers, b where one is not a number.
INLINE float smaller(float a, float b) { return a < b ? a : b; }

/// x where a > 0, else 0.
INLINE V keep_positive(V a, V x) { return (V)((Mask)x & (Mask)(a > (V){})); }

/// max(x, 0); NaN stays NaN.
INLINE V maximum0(V x) { return (V)((Mask)x & ~(Mask)(x < (V){})); }

INLINE V square_root(V x) { return __builtin_elementwise_sqrt(x); }

/// The numbers of the lanes: 0, 1, …
INLINE Mask lane_numbers(void) {
  Mask lane;
  for (int l = 0; l < LANES; l++) lane[l] = l;
  return lane;
}

/// All bits of the lanes below `count`, where this vector's first is lane `first`.
INLINE Mask lanes_below(size_t count, int first) {
  return lane_numbers() < (Mask){} + ((int32_t)count - first);
}

/// x in the lanes below `count`, else 0.
INLINE V keep_first(size_t count, int first, V x) {
  return (V)((Mask)x & lanes_below(count, first));
}

/// The first `count` of a vector's numbers, and zeros; reads no more than those.
INLINE V load_first(size_t count, const float *p) {
#if INTRINSICS && LANES == 16
  return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif INTRINSICS && LANES == 8
  return _mm256_maskload_ps(p, (__m256i)lanes_below(count, 0));
#else
  float x[LANES];
  for (size_t l = 0; l < LANES; l++) x[l] = l < count ? p[l] : 0;
  return load(x);
#endif
}
