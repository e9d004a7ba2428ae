#ifndef SVAE_DENSE_MIXED_H
#define SVAE_DENSE_MIXED_H

#include "dense.h"

#include <stdint.h>

// The dense products with bfloat16 factors and float32 sums, for processors with AVX512-BF16.
//
// The processor multiplies two pairs of numbers at a time and adds both products to a float. So
// factors are rounded into pairs first: activations and gradients once for each product, by all
// threads, weights by each thread for its own tiles. Weights, moments and sums stay float32.

/// Whether this processor has the instructions.
int svae_has_bfloat16(void);

struct svae_mixed_kernels {
  /// Units 2j and 2j + 1 of a block side by side: out[(j·32 + lane)·2 + (unit % 2)]; an odd last
  /// unit is paired with zeros.
  void (*pair_units)(size_t units, const float *in, uint16_t *out);
  /// A block as it is: out[unit·32 + lane].
  void (*round_units)(size_t units, const float *in, uint16_t *out);

  /// As in `svae_dense_kernels`, of inputs paired by units: block b at in + b · in_stride.
  /// `scratch` holds 32 · (inputs + 1) numbers of the calling thread's own.
  void (*forward)(const struct svae_dense *layer, const uint16_t *in, size_t in_stride, int rectify,
                  uint16_t *scratch, size_t begin, size_t end);
  /// Of output gradients paired by units. `scratch` holds 14 · (outputs + 32) numbers.
  void (*input_gradient)(const struct svae_dense *layer, const uint16_t *out_gradient,
                         size_t out_gradient_stride, float *in_gradient, size_t in_gradient_stride,
                         int rectified, uint16_t *scratch, size_t begin, size_t end);
  /// Of inputs rounded as they are. `scratch` holds 32 · 32 · blocks numbers beside the update's.
  void (*weight_gradient)(const struct svae_dense *layer, const struct svae_weight_update *update,
                          const uint16_t *in, size_t in_stride, uint16_t *scratch, size_t begin,
                          size_t end);
};

/// The kernels; NULL where `svae_has_bfloat16` says no.
const struct svae_mixed_kernels *svae_mixed_kernels(void);

#endif
