#include "kernel_hashes.h"

#include <string.h>

#include "cases.h"

uint64_t *begin_hash(struct cases *cases, const char *kernel) {
  struct svae_kernel_hash *entry = cases->hashes + cases->count++;
  *entry = (struct svae_kernel_hash){kernel, 0xcbf29ce484222325u};
  return &entry->hash;
}

void add_integers(uint64_t *hash, const int32_t *x, size_t n) {
  for (size_t i = 0; i < n; i++) *hash = (*hash ^ (uint32_t)x[i]) * 0x100000001b3u;
}

void add_floats(uint64_t *hash, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int32_t bits = 0x7fc00000;
    if (x[i] == x[i]) memcpy(&bits, x + i, sizeof bits);
    add_integers(hash, &bits, 1);
  }
}

float *zeros(size_t n) {
  float *x = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
  memset(x, 0, n * sizeof(float));
  return x;
}

float *numbers(struct cases *cases, size_t n) {
  float *x = zeros(n);
  for (size_t i = 0; i < n; i++) {
    int32_t sum = 0;
    for (int j = 0; j < 4; j++) {
      // Xorshift, Marsaglia 2003.
      cases->random ^= cases->random << 13;
      cases->random ^= cases->random >> 7;
      cases->random ^= cases->random << 17;
      sum += (int32_t)(cases->random >> 42) - (1 << 21);
    }
    x[i] = (float)sum * 0x1p-21f;
  }
  return x;
}

int svae_kernel_hashes(const struct svae_kernels *kernels, struct svae_kernel_hash *hashes) {
  struct cases cases = {hashes, 0, 88172645463325252u};
  elementwise_cases(&cases, &kernels->elementwise);
  elementary_cases(&cases, &kernels->elementary);
  latent_cases(&cases, &kernels->latent);
  atom_cases(&cases, &kernels->atoms);
  dense_cases(&cases, &kernels->dense);
  structured_cases(&cases, &kernels->structured);
  chain_cases(&cases, &kernels->chains);
  sparse_cases(&cases, &kernels->sparse);
  return cases.count;
}
