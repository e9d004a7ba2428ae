// The kernels of latent.h for processors with AVX2 with FMA.
#if defined(__x86_64__)
#include "latent.h"
#include <stdint.h>
#include <string.h>
#pragma clang fp contract(fast)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SVAE_LATENT_KERNELS svae_latent_kernels_avx2
#include "latent.inc"
#pragma clang attribute pop
#endif
