#ifndef SVAE_ELEMENTWISE_H
#define SVAE_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

/// Elementwise kernels for one instruction set.
struct svae_elementwise_kernels {
  /// Σ aᵢ·bᵢ
  float (*dot)(size_t n, const float *a, const float *b);
  /// Σ aᵢ
  float (*sum)(size_t n, const float *a);
  /// a ← factor·a
  void (*scale)(size_t n, float factor, float *a);
  /// a ← a + factor·b
  void (*add_scaled)(size_t n, float factor, const float *b, float *a);

  /// Standard normal numbers: groups of 32, group g from the Philox counters 8·g … 8·g + 7 (word j
  /// of counter 8·g + i becomes, through Box and Muller's transform with word j ^ 1, element
  /// 8·j + i). `key` is the seed, `step` and `purpose` are the counter's upper words.
  void (*normals)(size_t groups, uint64_t first_group, uint64_t key, uint32_t step,
                  uint32_t purpose, float *out);
  /// Standard Laplace numbers, density ½·e^{−|x|}, one from each Philox word, laid out likewise.
  void (*laplaces)(size_t groups, uint64_t first_group, uint64_t key, uint32_t step,
                   uint32_t purpose, float *out);

  /// One pixel of a block: gradient = scale·(reconstruction − x), and the sum over the first
  /// `lanes` of 32 of (reconstruction − x)²; the other lanes' gradient is 0.
  float (*residual)(size_t lanes, const float *x, const float *reconstruction, float scale,
                    float *gradient);
};

#endif
