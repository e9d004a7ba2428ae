#ifndef SVAE_CKERNELS_H
#define SVAE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "dense.h"
#include "dense_mixed.h"
#include "elementwise.h"
#include "latent.h"
#include "sparse_coding.h"

/// Makes this thread treat denormal numbers as zero: they cost a hundred times more.
void svae_flush_denormals(void);

/// Tells the processor that this thread waits in a loop.
static inline void svae_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

#endif
