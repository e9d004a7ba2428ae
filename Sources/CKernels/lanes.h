// The vectors of one instruction set. Included by each kernels_*.c, which defines
//   LANES        floats in a vector (2 · LANES divides 32)
//   FUSED        whether the processor has a fused multiply-add
//   ROWS         rows of two vectors whose sums fit the registers
//   UPDATE_ROWS  the same beside Adam's numbers
//   TILE_ROWS    rows of four columns of vectors whose sums fit the registers
// and compiles all that follows for its own target.

#include <stddef.h>
#include <stdint.h>

typedef float V __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(4 * LANES), aligned(4)));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE V load(const float *p) { return *(const V *)p; }

INLINE void store(float *p, V x) { *(V *)p = x; }

/// Less zero, which is nothing; plus zero would be an addition, as −0 + 0 = 0.
INLINE V broadcast(const float *p) { return *p - (V){}; }

/// a·b + c
#if FUSED
INLINE V fma_(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
#else
INLINE V fma_(V a, V b, V c) { return a * b + c; }
#endif

/// x where a > 0, else 0.
INLINE V keep_positive(V a, V x) { return (V)((Mask)x & (Mask)(a > (V){})); }

/// max(x, 0); NaN stays NaN.
INLINE V maximum0(V x) { return (V)((Mask)x & ~(Mask)(x < (V){})); }

INLINE V square_root(V x) { return __builtin_elementwise_sqrt(x); }
