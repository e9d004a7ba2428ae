#include "CKernels.h"

#if defined(__linux__)
// Threads are ours (ThreadTeam). OpenBLAS starts its own when it is loaded, one a processor, before
// anything can tell it not to; each asks for 128 MB of address space, again and again until it gets
// them, so that where there are too few a program never ends. While loading it asks this function
// how many threads to start; defined here, it replaces the library's.
int openblas_num_threads_env(void);
int openblas_num_threads_env(void) { return 1; }

// OpenBLAS's own; other libraries have none.
void *blas_memory_alloc(int position) __attribute__((weak));
void blas_memory_free(void *buffer) __attribute__((weak));

// As many as OpenBLAS of 64 threads has room for.
#define MOST 128

void svae_blas_reserve(int count) {
  void *buffers[MOST];
  if (!blas_memory_alloc || !blas_memory_free) return;
  if (count > MOST) count = MOST;
  for (int index = 0; index < count; index++) buffers[index] = blas_memory_alloc(0);
  for (int index = 0; index < count; index++) blas_memory_free(buffers[index]);
}
#else
void svae_blas_reserve(int count) { (void)count; }
#endif
