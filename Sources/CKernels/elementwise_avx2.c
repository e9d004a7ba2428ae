#include "elementwise.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(f) svae_elementwise_avx2_##f
#include "elementwise.inc"
#pragma clang attribute pop
#endif
