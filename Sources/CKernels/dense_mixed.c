#include "dense_mixed.h"

#if defined(__x86_64__)
#include "cpu.h"
#include "kernels.h"

#include <immintrin.h>
#include <string.h>

int svae_has_bfloat16(void) {
  __builtin_cpu_init();
  return svae_cpu_level() == SVAE_AVX512 && __builtin_cpu_supports("avx512bf16");
}

#pragma clang attribute push(                                                          \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,avx2,fma"))), \
    apply_to = function)

#define LANES 16
#define FUSED 1
#define ROWS 14
#define UPDATE_ROWS 12
#include "lanes.h"

#include "dense_tiles.inc"

enum { PANEL_TILES = 3, PANEL_TILE_ROWS = 11 };

/// 16 numbers rounded to bfloat16.
static inline __m256i rounded(const float *in) {
  return (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(in));
}

/// Two times 16 numbers, rounded and interleaved.
static inline void store_pairs(const float *even, const float *odd, uint16_t *out) {
  const __m512i low = _mm512_cvtepu16_epi32(rounded(even));
  const __m512i high = odd ? _mm512_cvtepu16_epi32(rounded(odd)) : _mm512_setzero_si512();
  _mm512_storeu_si512(out, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}

/// Rows 2j and 2j + 1 of 32 numbers each side by side.
static void pair_units(size_t units, const float *in, uint16_t *out) {
  for (size_t u = 0; u < units; u += 2) {
    for (int part = 0; part < 2; part++) {
      const float *even = in + u * SVAE_BLOCK + 16 * part;
      store_pairs(even, u + 1 < units ? even + SVAE_BLOCK : NULL, out + u * SVAE_BLOCK + 32 * part);
    }
  }
}

static void round_units(size_t units, const float *in, uint16_t *out) {
  for (size_t i = 0; i < units * SVAE_BLOCK; i += 16) {
    _mm256_storeu_si256((__m256i *)(out + i), rounded(in + i));
  }
}

/// acc[i] += Σ_j pair(i, j) · vectors[j] over `length` pairs; pair (i, j) is the 32 bits at
/// coefficients[i · step_i + j · step_j], counted in pairs.
INLINE void accumulate(const int rows, __m512 acc[][2], size_t step_i, size_t step_j, size_t length,
                       const uint16_t *coefficients, const uint16_t *vectors) {
  for (size_t j = 0; j < length; j++) {
    const __m512bh first = (__m512bh)_mm512_loadu_si512(vectors);
    const __m512bh second = (__m512bh)_mm512_loadu_si512(vectors + 32);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      int32_t pair;
      memcpy(&pair, coefficients + 2 * (size_t)i * step_i, 4);
      const __m512bh c = (__m512bh)_mm512_set1_epi32(pair);
      acc[i][0] = _mm512_dpbf16_ps(acc[i][0], c, first);
      acc[i][1] = _mm512_dpbf16_ps(acc[i][1], c, second);
    }
    coefficients += 2 * step_j;
    vectors += 2 * SVAE_BLOCK;
  }
}

INLINE void forward_tile(const int rows, size_t pairs, const uint16_t *weights, const float *bias,
                         const uint16_t *in, float *out, int rectify) {
  __m512 acc[ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) acc[i][0] = acc[i][1] = _mm512_set1_ps(bias[i]);
  accumulate(rows, acc, 1, SVAE_BLOCK, pairs, weights, in);
  store_outputs(rows, acc, out, rectify);
}

static void forward(const struct svae_dense *layer, const uint16_t *in, size_t in_stride,
                    int rectify, uint16_t *scratch, size_t begin, size_t end) {
  size_t packed = (size_t)-1;
  for (size_t unit = begin; unit < end; unit++) {
    const size_t column = unit % PANEL_TILES * PANEL_TILE_ROWS;
    const size_t block = unit / PANEL_TILES % layer->blocks;
    const size_t panel = unit / PANEL_TILES / layer->blocks;
    const size_t first = panel * SVAE_BLOCK + column;
    if (first >= layer->outputs) continue;
    if (panel != packed) {
      pair_units(layer->inputs, layer->weights + panel * layer->inputs * SVAE_BLOCK, scratch);
      packed = panel;
    }
    const size_t rows = least(least(PANEL_TILE_ROWS, SVAE_BLOCK - column), layer->outputs - first);
    float *out = layer->out + block * layer->out_stride + first * SVAE_BLOCK;
#define TILE(n)                                                                       \
  forward_tile(n, (layer->inputs + 1) / 2, scratch + 2 * column, layer->bias + first, \
               in + block * in_stride, out, rectify)
    FOR_ROWS(rows, TILE)
#undef TILE
  }
}

INLINE void input_gradient_tile(const int rows, size_t stride, size_t pairs,
                                const uint16_t *weights, const uint16_t *out_gradient,
                                const float *in, float *in_gradient, int rectified) {
  __m512 acc[ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) acc[i][0] = acc[i][1] = _mm512_setzero_ps();
  accumulate(rows, acc, stride / 2, 1, pairs, weights, out_gradient);
  store_input_gradient(rows, acc, in, in_gradient, rectified);
}

static void input_gradient(const struct svae_dense *layer, const uint16_t *out_gradient,
                           size_t out_gradient_stride, float *in_gradient,
                           size_t in_gradient_stride, int rectified, uint16_t *scratch,
                           size_t begin, size_t end) {
  const size_t tiles = tile_count(layer->inputs);
  const size_t height = (layer->inputs + tiles - 1) / tiles;
  const size_t panels = (layer->outputs + SVAE_BLOCK - 1) / SVAE_BLOCK;
  const size_t stride = panels * SVAE_BLOCK;
  size_t packed = (size_t)-1;
  for (size_t unit = begin; unit < end; unit++) {
    const size_t block = unit % layer->blocks;
    const size_t first = unit / layer->blocks * height;
    if (first >= layer->inputs) continue;
    const size_t rows = least(height, layer->inputs - first);
    if (first != packed) {
      for (size_t panel = 0; panel < panels; panel++) {
        const float *weights = layer->weights + (panel * layer->inputs + first) * SVAE_BLOCK;
        for (size_t row = 0; row < rows; row++) {
          round_units(1, weights + row * SVAE_BLOCK, scratch + row * stride + panel * SVAE_BLOCK);
        }
      }
      packed = first;
    }
    const size_t offset = first * SVAE_BLOCK;
#define TILE(n)                                                      \
  input_gradient_tile(n, stride, (layer->outputs + 1) / 2, scratch,  \
                      out_gradient + block * out_gradient_stride,    \
                      layer->in + block * layer->in_stride + offset, \
                      in_gradient + block * in_gradient_stride + offset, rectified)
    FOR_ROWS(rows, TILE)
#undef TILE
  }
}

#include "dense_mixed_update.inc"

#pragma clang attribute pop

static const struct svae_mixed_kernels kernels = {
    .pair_units = pair_units,
    .round_units = round_units,
    .forward = forward,
    .input_gradient = input_gradient,
    .weight_gradient = weight_gradient,
};

const struct svae_mixed_kernels *svae_mixed_kernels(void) {
  return svae_has_bfloat16() ? &kernels : NULL;
}

#else

int svae_has_bfloat16(void) { return 0; }

const struct svae_mixed_kernels *svae_mixed_kernels(void) { return NULL; }

#endif
