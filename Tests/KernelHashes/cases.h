#ifndef SVAE_CASES_H
#define SVAE_CASES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "kernel_hashes.h"

// The numbers given to the kernels are the same on every processor too.
#pragma clang fp contract(off)

/// The hashes so far, and the random numbers' state.
struct cases {
  struct svae_kernel_hash *hashes;
  int count;
  uint64_t random;
};

/// A kernel's hash, of nothing yet.
uint64_t *begin_hash(struct cases *cases, const char *kernel);

/// Adds n floats to a hash (FNV-1a); all NaNs count alike.
void add_floats(uint64_t *hash, const float *x, size_t n);

/// Adds n whole numbers.
void add_integers(uint64_t *hash, const int32_t *x, size_t n);

/// n numbers that are roughly normal, on a cache line's boundary; to be freed.
float *numbers(struct cases *cases, size_t n);

/// n zeros, likewise.
float *zeros(size_t n);

void elementwise_cases(struct cases *cases, const struct svae_elementwise_kernels *kernels);
void elementary_cases(struct cases *cases, const struct svae_elementary_functions *functions);
void atom_cases(struct cases *cases, const struct svae_atom_kernels *k);
void latent_cases(struct cases *cases, const struct svae_latent_kernels *kernels);
void dense_cases(struct cases *cases, const struct svae_dense_kernels *kernels);
void structured_cases(struct cases *cases, const struct svae_structured_kernels *kernels);
void chain_cases(struct cases *cases, const struct svae_chain_kernels *kernels);
void sparse_cases(struct cases *cases, const struct svae_sparse_kernels *kernels);

#endif
