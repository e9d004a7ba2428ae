#ifndef SVAE_KERNELS_H
#define SVAE_KERNELS_H

#include "atoms.h"
#include "chains.h"
#include "dense.h"
#include "elementary.h"
#include "elementwise.h"
#include "latent.h"
#include "sparse_coding.h"
#include "structured.h"

/// All kernels, as compiled for one instruction set.
struct svae_kernels {
  struct svae_dense_kernels dense;
  struct svae_elementwise_kernels elementwise;
  struct svae_latent_kernels latent;
  struct svae_atom_kernels atoms;
  struct svae_structured_kernels structured;
  struct svae_chain_kernels chains;
  struct svae_sparse_kernels sparse;
  struct svae_elementary_functions elementary;
};

/// The kernels of the instruction set that is in use.
const struct svae_kernels *svae_kernels(void);
const struct svae_elementwise_kernels *svae_elementwise_kernels_in_use(void);

/// The kernels for a level of `svae_cpu_level`; NULL where this processor cannot run them.
const struct svae_kernels *svae_kernels_at(int level);

#endif
