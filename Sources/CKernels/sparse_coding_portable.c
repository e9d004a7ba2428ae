#define NAME(function) function##_portable
#include "sparse_coding.inc"
#include "sparse_flows.inc"
#include "sparse_greedy.inc"
#include "sparse_newton.inc"
