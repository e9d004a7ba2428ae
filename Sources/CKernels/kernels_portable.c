// The kernels in 128-bit vectors, NEON's and SSE's width.
#include "kernels.h"

#include <math.h>
#include <string.h>

#define NAME(f) f##_portable
#define LANES 4
#if defined(__aarch64__)
#define FUSED 1
#endif
#define ROWS 6
#define UPDATE_ROWS 6
#define TILE_ROWS 3
#include "kernels.inc"
