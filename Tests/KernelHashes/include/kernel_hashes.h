#ifndef SVAE_KERNEL_HASHES_H
#define SVAE_KERNEL_HASHES_H

#include <stdint.h>

#include "kernels.h"

// Every kernel on the same random numbers, whatever processor it is compiled for: sets of kernels
// whose bits agree have the same hashes.

/// What a kernel made of all its cases.
struct svae_kernel_hash {
  /// Its name in the table.
  const char *kernel;
  uint64_t hash;
};

enum { SVAE_KERNEL_HASHES = 46 };

/// Runs every kernel of the table on numbers of many sizes, odd ones and partial blocks among them.
///
/// `hashes` has room for SVAE_KERNEL_HASHES. Returns how many there are.
int svae_kernel_hashes(const struct svae_kernels *kernels, struct svae_kernel_hash *hashes);

#endif
