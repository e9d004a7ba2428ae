#define NAME(function) function##_portable
#include "sparse_coding.inc"
