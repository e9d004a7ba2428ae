#include <math.h>
#include <stdlib.h>

#include "cases.h"

/// Random filters, what patches share of them, and sixteen patches.
struct coded {
  struct svae_structured given;
  struct svae_laplace_group group;
  float *filters, *columns, *gram, *planes[10], *log_determinant, *sums, *patch, *scratch;
  float *scales, *scale_slopes;
};

enum { PLANES = 10 };

static size_t largest(size_t a, size_t b) { return a > b ? a : b; }

static struct coded make_coded(struct cases *cases, const struct svae_structured_kernels *k,
                               size_t latents, size_t pixels) {
  const size_t stride = (pixels + 31) / 32 * 32, side = SVAE_TILE_SIDE;
  const size_t tile_floats = k->tiles(latents) * side * side;
  struct coded c = {
      .filters = zeros(latents * stride),
      .columns = zeros((pixels + side - 1) / side * side * latents),
      .gram = zeros(tile_floats),
      .log_determinant = zeros(16),
      .sums = zeros(largest(tile_floats, latents * stride)),
      .patch = zeros(4 * 32),
      .scales = zeros(latents),
      .scale_slopes = zeros(latents),
      .scratch = zeros(largest(k->scratch_of_latents(latents), k->scratch_of_pixels(pixels)))};
  for (size_t i = 0; i < latents; i++) c.scales[i] = 0.2f + 0.1f * (float)(i % 3);
  float *filters = numbers(cases, latents * pixels);
  for (size_t i = 0; i < latents; i++) {
    for (size_t d = 0; d < pixels; d++) {
      c.filters[i * stride + d] = c.columns[d * latents + i] = 0.3f * filters[i * pixels + d];
    }
  }
  const float precision = 9;
  for (size_t i = 0; i < latents; i++) {
    for (size_t j = 0; j < latents && j / side <= i / side; j++) {
      float sum = 0;
      for (size_t d = 0; d < pixels; d++)
        sum += c.filters[i * stride + d] * c.filters[j * stride + d];
      const size_t tile = i / side * (i / side + 1) / 2 + j / side;
      c.gram[tile * side * side + i % side * side + j % side] = precision * sum;
    }
  }
  free(filters);
  const size_t rows = largest(latents, pixels);
  for (int i = 0; i < PLANES; i++) c.planes[i] = numbers(cases, rows * 32);
  c.given = (struct svae_structured){.latents = latents,
                                     .pixels = pixels,
                                     .filters = c.filters,
                                     .stride = stride,
                                     .columns = c.columns,
                                     .precision = precision,
                                     .gram = c.gram,
                                     .drive = c.planes[0],
                                     .centred = c.planes[1],
                                     .prior_variance = c.planes[2],
                                     .mean = c.planes[3],
                                     .variance = c.planes[4],
                                     .log_determinant = c.log_determinant,
                                     .scratch = c.scratch};
  c.group = (struct svae_laplace_group){.latents = latents,
                                        .scales = c.scales,
                                        .low = -1.2f,
                                        .high = 0.5f,
                                        .weight = 0.01f,
                                        .mean_head = c.planes[5],
                                        .log_scale_head = c.planes[6],
                                        .prior_variance = c.planes[2],
                                        .mean = c.planes[3],
                                        .variance = c.planes[4],
                                        .log_determinant = c.log_determinant,
                                        .kl = c.planes[7],
                                        .d_mean = c.planes[8],
                                        .d_log_scale = c.planes[9],
                                        .scale_slopes = c.scale_slopes,
                                        .patch = c.patch};
  return c;
}

static void free_coded(struct coded c) {
  for (int i = 0; i < PLANES; i++) free(c.planes[i]);
  float *others[] = {c.filters, c.columns, c.gram,   c.log_determinant, c.sums,
                     c.patch,   c.scratch, c.scales, c.scale_slopes};
  for (int i = 0; i < 9; i++) free(others[i]);
}

struct structured_hashes {
  uint64_t *by_latents, *by_pixels, *expand, *slopes, *refine, *measure;
};

/// The moments of sixteen patches, with and without sums.
static void moments(struct coded *c, void (*condition)(const struct svae_structured *), size_t sums,
                    uint64_t *hash) {
  for (int summed = 0; summed < 2; summed++) {
    c->given.sums = summed ? c->sums : 0;
    condition(&c->given);
    add_floats(hash, c->planes[3], c->given.latents * 32);
    add_floats(hash, c->planes[4], c->given.latents * 32);
    add_floats(hash, c->log_determinant, 16);
  }
  add_floats(hash, c->sums, sums);
}

static void group_cases(struct cases *cases, const struct svae_structured_kernels *k,
                        size_t latents, size_t pixels, size_t lanes, float contrast,
                        struct structured_hashes hashes) {
  struct coded c = make_coded(cases, k, latents, pixels);
  const size_t floats = latents * 32;
  c.given.lanes = c.group.lanes = lanes;
  c.group.contrast_scale = contrast;
  k->expand(&c.group);
  add_floats(hashes.expand, c.planes[2], floats);
  moments(&c, k->by_pixels, latents * c.given.stride, hashes.by_pixels);
  moments(&c, k->by_latents, k->tiles(latents) * SVAE_TILE_SIDE * SVAE_TILE_SIDE,
          hashes.by_latents);
  k->slopes(&c.group);
  add_floats(hashes.slopes, c.planes[8], floats);
  add_floats(hashes.slopes, c.planes[9], floats);
  const struct svae_laplace_sums sums = k->measure(&c.group);
  add_floats(hashes.measure, (const float *)&sums, sizeof sums / sizeof(float));
  add_floats(hashes.measure, c.planes[7], floats);
  add_floats(hashes.measure, c.patch, 4 * 32);
  add_floats(hashes.measure, c.scale_slopes, latents);
  k->refine(&c.group);
  add_floats(hashes.refine, c.planes[2], floats);
  free_coded(c);
}

void structured_cases(struct cases *cases, const struct svae_structured_kernels *k) {
  struct structured_hashes hashes = {
      begin_hash(cases, "by_latents"), begin_hash(cases, "by_pixels"),
      begin_hash(cases, "expand"),     begin_hash(cases, "slopes"),
      begin_hash(cases, "refine"),     begin_hash(cases, "measure")};
  for (size_t latents = 1; latents <= 40; latents += 3) {
    group_cases(cases, k, latents, 7 + latents % 5, 1 + latents * 7 % 16, 0, hashes);
    group_cases(cases, k, latents + 1, 22, 16, 0.6f, hashes);
  }
}
