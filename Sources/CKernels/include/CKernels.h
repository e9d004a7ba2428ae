#ifndef SVAE_CKERNELS_H
#define SVAE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "dense_mixed.h"
#include "kernels.h"

/// Makes this thread treat denormal numbers as zero: they cost a hundred times more. Returns the
/// thread's mode as it was.
uint64_t svae_flush_denormals(void);

/// Puts this thread back into a mode that `svae_flush_denormals` returned.
void svae_restore_denormals(uint64_t mode);

/// Tells the processor that this thread waits in a loop.
static inline void svae_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// Takes the buffers in which OpenBLAS works on `count` threads; it keeps them. Where one cannot be
/// had, it asks for ever.
void svae_blas_reserve(int count);

#endif
