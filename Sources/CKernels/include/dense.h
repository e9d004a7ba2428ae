#ifndef SVAE_DENSE_H
#define SVAE_DENSE_H

#include <stddef.h>
#include <stdint.h>

// Dense layers over batches of patches.
//
// Activations lie in blocks of 32 patches, the patches in the lanes of the vector registers:
//   unit u of patch 32·b + l is at data[b · block_stride + 32·u + l].
// Weights W [inputs, outputs] lie in panels of 32 outputs:
//   element (k, n) is at data[((n / 32) · inputs + k) · 32 + n % 32], the last panel padded with 0.
// With both, the three products of a layer (outputs, input gradient, weight gradient) are one and
// the same loop, need no packing, and add up each element in one fixed order: results do not depend
// on how the work is divided.

/// Patches of a block, and outputs of a panel.
enum { SVAE_BLOCK = 32 };

/// One layer and one batch.
struct svae_dense {
  size_t inputs, outputs, blocks;
  const float *weights;
  const float *bias;
  const float *in;
  size_t in_stride;
  float *out;
  size_t out_stride;
};

/// Adam's numbers for one step: w ← w − step_size · m / (√v · root_correction + epsilon).
struct svae_adam {
  float step_size, beta1, beta2, epsilon, root_correction;
};

/// Where a weight gradient goes. Element (k, n) is at
/// (n / 32) · panel_stride + k · row_stride + n % 32.
struct svae_weight_update {
  const float *out_gradient;
  size_t out_gradient_stride;
  size_t panel_stride, row_stride;
  /// The gradient: added to where `accumulate` is set; written unless `adam` is set.
  float *gradient, *bias_gradient;
  int accumulate;
  /// Where set: update these in place of writing the gradient.
  const struct svae_adam *adam;
  float *weights, *bias;
  float *first_moment, *bias_first_moment;
  float *second_moment, *bias_second_moment;
  /// 32 · 32 · blocks floats of the calling thread's own.
  float *scratch;
};

/// The dense layers' kernels for one instruction set.
struct svae_dense_kernels {
  /// Number of units of work in each product; any split of 0 ..< units gives the same bits.
  size_t (*forward_units)(const struct svae_dense *layer);
  size_t (*input_gradient_units)(const struct svae_dense *layer);
  size_t (*weight_gradient_units)(const struct svae_dense *layer);

  /// out = inᵀ·W + b, through max(0, ·) where `rectify` is set.
  void (*forward)(const struct svae_dense *layer, int rectify, size_t begin, size_t end);

  /// in_gradient = out_gradient·Wᵀ, set to 0 where `rectified` is set and the layer's input is 0.
  void (*input_gradient)(const struct svae_dense *layer, const float *out_gradient,
                         size_t out_gradient_stride, float *in_gradient, size_t in_gradient_stride,
                         int rectified, size_t begin, size_t end);

  /// W and b's gradients, or Adam's step along them.
  void (*weight_gradient)(const struct svae_dense *layer, const struct svae_weight_update *update,
                          size_t begin, size_t end);

  /// b's gradient, or Adam's step along it, for the 32 outputs from `offset` on, from their
  /// gradients with patches as rows.
  void (*bias_gradient)(const struct svae_weight_update *update, size_t patches, const float *strip,
                        size_t offset);

  /// Adam's step for n parameters with given gradients.
  void (*adam)(size_t n, const struct svae_adam *adam, const float *gradient, float *weights,
               float *first_moment, float *second_moment);

  /// `columns` columns (at most 32) of `rows` rows into a block:
  /// out[32·c + r] = in[i · stride + c], where i is indices[r], or r where there are no indices;
  /// the block's other lanes are set to 0.
  void (*load_block)(size_t rows, size_t columns, const float *in, size_t stride,
                     const int32_t *indices, float *out);

  /// The reverse: out[r · stride + c] = in[32·c + r].
  void (*store_block)(size_t rows, size_t columns, const float *in, float *out, size_t stride);
};

#endif
