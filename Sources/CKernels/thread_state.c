#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

uint64_t svae_flush_denormals(void) {
  const unsigned mode = _mm_getcsr();
  _mm_setcsr(mode | 0x8040);
  return mode;
}

void svae_restore_denormals(uint64_t mode) { _mm_setcsr((unsigned)mode); }

#elif defined(__aarch64__)

uint64_t svae_flush_denormals(void) {
  uint64_t mode;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(mode));
  __asm__ __volatile__("msr fpcr, %0" : : "r"(mode | (1ull << 24)));
  return mode;
}

void svae_restore_denormals(uint64_t mode) { __asm__ __volatile__("msr fpcr, %0" : : "r"(mode)); }

#else

uint64_t svae_flush_denormals(void) { return 0; }

void svae_restore_denormals(uint64_t mode) { (void)mode; }

#endif
