#include <stdlib.h>
#include <string.h>

#include "cases.h"

static void add_doubles(uint64_t *hash, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int32_t words[2];
    memcpy(words, x + i, sizeof words);
    add_integers(hash, words, 2);
  }
}

struct chain_hashes {
  uint64_t *latents, *densities, *pull, *turn, *energies, *restore;
};

static void chains_of(struct cases *cases, const struct svae_chain_kernels *k, size_t latents,
                      struct svae_prior prior, struct chain_hashes hashes) {
  enum { PLANES = 7 };
  const size_t stride = (latents + 15) / 16 * 16, plane = latents * SVAE_CHAINS;
  float *factor = zeros(stride * latents), *drawn = numbers(cases, latents * latents);
  float *mean = numbers(cases, latents), *precision = numbers(cases, latents);
  float *planes[PLANES], *lanes = numbers(cases, 3 * SVAE_CHAINS);
  for (int i = 0; i < PLANES; i++) planes[i] = numbers(cases, plane);
  for (size_t i = 0; i < latents; i++) {
    precision[i] = 0.1f + precision[i] * precision[i];
    for (size_t j = 0; j <= i; j++) factor[i * stride + j] = 0.3f * drawn[i * latents + j];
  }
  struct svae_chains c = {.latents = latents,
                          .factor = factor,
                          .stride = stride,
                          .mean = mean,
                          .precision = precision,
                          .prior = prior,
                          .place = planes[0],
                          .momentum = planes[1],
                          .latent = planes[2],
                          .slope = planes[3],
                          .pull = planes[4]};
  double sums[SVAE_CHAINS];
  int keep[SVAE_CHAINS];
  for (int l = 0; l < SVAE_CHAINS; l++) keep[l] = lanes[l] > 0;
  k->latents(&c);
  add_floats(hashes.latents, c.latent, plane);
  k->densities(&c, sums);
  add_doubles(hashes.densities, sums, SVAE_CHAINS);
  add_floats(hashes.densities, c.slope, plane);
  k->pull(&c, lanes, sums);
  add_doubles(hashes.pull, sums, SVAE_CHAINS);
  add_floats(hashes.pull, c.pull, plane);
  k->turn(&c, lanes, lanes + SVAE_CHAINS, lanes + 2 * SVAE_CHAINS);
  add_floats(hashes.turn, c.place, plane);
  add_floats(hashes.turn, c.momentum, plane);
  k->energies(&c, sums);
  add_doubles(hashes.energies, sums, SVAE_CHAINS);
  k->restore(&c, planes[5], planes[6], keep);
  add_floats(hashes.restore, c.place, plane);
  add_floats(hashes.restore, c.pull, plane);
  float *others[] = {factor, drawn, mean, precision, lanes};
  for (int i = 0; i < 5; i++) free(others[i]);
  for (int i = 0; i < PLANES; i++) free(planes[i]);
}

void chain_cases(struct cases *cases, const struct svae_chain_kernels *k) {
  struct chain_hashes hashes = {
      begin_hash(cases, "chain_latents"),  begin_hash(cases, "chain_densities"),
      begin_hash(cases, "chain_pull"),     begin_hash(cases, "chain_turn"),
      begin_hash(cases, "chain_energies"), begin_hash(cases, "chain_restore")};
  const struct svae_prior priors[] = {
      {SVAE_PRIOR_LAPLACE, 0.4f, {0}},
      {SVAE_PRIOR_GAUSSIAN, 0.4f, {0}},
      {SVAE_PRIOR_CAUCHY, 0.4f, {0}},
      {SVAE_PRIOR_STUDENT_T, 0.4f, {3, -1, 0}},
      {SVAE_PRIOR_HORSESHOE, 0.4f, {1e-3f, -2, 0}},
      {SVAE_PRIOR_SPIKE_AND_SLAB, 0.4f, {-3.2f, 1.3f, 100}},
  };
  for (size_t latents = 1; latents <= 70; latents += 1 + latents / 4) {
    for (int prior = 0; prior < 6; prior++) {
      chains_of(cases, k, latents, priors[prior], hashes);
    }
  }
}
