// The dense kernels over 512-bit registers: 14 rows of two, 28 accumulators.
#include "dense.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)

#define NAME(f) svae_dense_avx512_##f
#include "dense_avx512.inc"

/// Transposes 16 × 16 floats held in 16 registers.
static inline void transpose(__m512 r[16]) {
  __m512 t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; j++) {
      const __m512d a = _mm512_castps_pd(t[i + j]), b = _mm512_castps_pd(t[i + j + 2]);
      r[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      r[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  for (int i = 0; i < 16; i += 8) {
    for (int j = 0; j < 4; j++) {
      t[i + j] = _mm512_shuffle_f32x4(r[i + j], r[i + j + 4], 0x88);
      t[i + j + 4] = _mm512_shuffle_f32x4(r[i + j], r[i + j + 4], 0xdd);
    }
  }
  for (int j = 0; j < 8; j++) {
    r[j] = _mm512_shuffle_f32x4(t[j], t[j + 8], 0x88);
    r[j + 8] = _mm512_shuffle_f32x4(t[j], t[j + 8], 0xdd);
  }
}

static inline __mmask16 first_lanes(size_t count) {
  return count >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << count) - 1);
}

/// out[r · out_stride + c] ← in[i · in_stride + r] for r < rows, c < columns, in 16 × 16 tiles,
/// with i = indices[c] where there are indices, else c; within a tile that begins inside, elements
/// beyond are read as 0 and, up to `out_columns`, written so.
static inline __attribute__((always_inline)) void transpose_tiles(
    size_t rows, size_t columns, size_t out_columns, const float *in, size_t in_stride,
    const int32_t *indices, float *out, size_t out_stride) {
  for (size_t r = 0; r < rows; r += 16) {
    for (size_t c = 0; c < out_columns; c += 16) {
      __m512 tile[16];
      for (size_t i = 0; i < 16; i++) {
        if (c + i >= columns) {
          tile[i] = _mm512_setzero_ps();
          continue;
        }
        const float *from = in + (indices ? (size_t)indices[c + i] : c + i) * in_stride + r;
        tile[i] = _mm512_maskz_loadu_ps(first_lanes(rows - r), from);
        // Scattered rows come from memory: what the next call will read is asked for now.
        if (indices) __builtin_prefetch(from + SVAE_LANES, 0, 3);
      }
      transpose(tile);
      for (size_t i = 0; i < 16 && r + i < rows; i++) {
        _mm512_mask_storeu_ps(out + (r + i) * out_stride + c, first_lanes(out_columns - c),
                              tile[i]);
      }
    }
  }
}

static void NAME(load_block)(size_t rows, size_t columns, const float *in, size_t stride,
                             const int32_t *indices, float *out) {
  if (indices) {
    transpose_tiles(columns, rows, SVAE_LANES, in, stride, indices, out, SVAE_LANES);
  } else {
    transpose_tiles(columns, rows, SVAE_LANES, in, stride, NULL, out, SVAE_LANES);
  }
}

static void NAME(store_block)(size_t rows, size_t columns, const float *in, float *out,
                              size_t stride) {
  transpose_tiles(rows, columns, columns, in, SVAE_LANES, NULL, out, stride);
}

#include "dense.inc"
#pragma clang attribute pop
#endif
