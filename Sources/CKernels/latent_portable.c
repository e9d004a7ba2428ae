// The kernels of latent.h in the processor's base instruction set (SSE2, NEON …).
#include "latent.h"
#pragma clang fp contract(fast)
#define SVAE_LATENT_KERNELS svae_latent_kernels_portable
#include "latent.inc"
