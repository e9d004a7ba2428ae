#define NAME(function) function##_portable
#define SVAE_LANES 4
#define SVAE_TILE_ROWS 3
#include "sparse_coding.inc"
#include "sparse_flows.inc"
#include "sparse_greedy.inc"
#include "sparse_lanes.inc"
#include "sparse_newton.inc"
