#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
void svae_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
#elif defined(__aarch64__)
void svae_flush_denormals(void) {
  uint64_t control;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(control));
  __asm__ __volatile__("msr fpcr, %0" : : "r"(control | (1ull << 24)));
}
#else
void svae_flush_denormals(void) {}
#endif
