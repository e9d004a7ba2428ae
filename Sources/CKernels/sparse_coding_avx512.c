#if defined(__x86_64__)
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#define NAME(function) function##_avx512
#define SVAE_LANES 16
#define SVAE_TILE_ROWS 6
#include "sparse_coding.inc"
#include "sparse_flows.inc"
#include "sparse_greedy.inc"
#include "sparse_lanes.inc"
#include "sparse_newton.inc"
#pragma clang attribute pop
#endif
