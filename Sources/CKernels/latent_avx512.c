// The kernels of latent.h for processors with AVX-512.
#if defined(__x86_64__)
#include "latent.h"
#include <stdint.h>
#include <string.h>
#pragma clang fp contract(fast)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define SVAE_LATENT_KERNELS svae_latent_kernels_avx512
#include "latent.inc"
#pragma clang attribute pop
#endif
