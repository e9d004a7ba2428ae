#include <stdlib.h>

#include "cases.h"

static void sums(struct cases *cases, const struct svae_elementwise_kernels *k) {
  float *a = numbers(cases, 400), *b = numbers(cases, 400);
  uint64_t *hash = begin_hash(cases, "dot");
  for (size_t n = 0; n <= 400; n++) {
    const float sum = k->dot(n, a, b);
    add_floats(hash, &sum, 1);
  }
  hash = begin_hash(cases, "sum");
  for (size_t n = 0; n <= 400; n++) {
    const float sum = k->sum(n, a);
    add_floats(hash, &sum, 1);
  }
  hash = begin_hash(cases, "scale");
  for (size_t n = 0; n <= 400; n += 7) k->scale(n, 1.01f, a);
  add_floats(hash, a, 400);
  hash = begin_hash(cases, "add_scaled");
  for (size_t n = 0; n <= 400; n += 7) k->add_scaled(n, -0.3f, b, a);
  add_floats(hash, a, 400);
  free(a);
  free(b);
}

void elementwise_cases(struct cases *cases, const struct svae_elementwise_kernels *k) {
  sums(cases, k);
  float *x = numbers(cases, 32), *y = numbers(cases, 32), *out = zeros(32 * 101);
  uint64_t *hash = begin_hash(cases, "residual");
  for (size_t lanes = 1; lanes <= 32; lanes++) {
    const float sum = k->residual(lanes, x, y, 0.7f, out);
    add_floats(hash, &sum, 1);
    add_floats(hash, out, 32);
  }
  hash = begin_hash(cases, "normals");
  k->normals(101, 7, 12345, 3, 9, out);
  add_floats(hash, out, 32 * 101);
  hash = begin_hash(cases, "laplaces");
  k->laplaces(101, 7, 12345, 3, 9, out);
  add_floats(hash, out, 32 * 101);
  free(x);
  free(y);
  free(out);
}

void elementary_cases(struct cases *cases, const struct svae_elementary_functions *f) {
  enum { COUNT = 20001 };
  float *x = numbers(cases, COUNT), *out = zeros(COUNT);
  for (int i = 0; i < COUNT; i++) x[i] *= i % 3 == 0 ? 40 : i % 3 == 1 ? 1 : 1e-3f;
  f->exp(COUNT, x, out);
  add_floats(begin_hash(cases, "exp"), out, COUNT);
  f->erf(COUNT, x, out);
  add_floats(begin_hash(cases, "erf"), out, COUNT);
  for (int i = 0; i < COUNT; i++) x[i] = x[i] * x[i] + 1e-20f;
  f->log(COUNT, x, out);
  add_floats(begin_hash(cases, "log"), out, COUNT);
  f->exponential_integral_residue(COUNT, x, out);
  add_floats(begin_hash(cases, "exponential_integral_residue"), out, COUNT);
  free(x);
  free(out);
}

void latent_cases(struct cases *cases, const struct svae_latent_kernels *k) {
  enum { ROWS = 9, COUNT = 32 * ROWS };
  const float shapes[][3] = {{0}, {0}, {0}, {3, -1, 0}, {1e-4f, 0.5f, 0}, {-2, -1, 50}};
  float *mean = numbers(cases, COUNT), *log_scale = numbers(cases, COUNT);
  float *noise = numbers(cases, COUNT), *out = zeros(6 * COUNT);
  uint64_t *draw = begin_hash(cases, "draw");
  for (int posterior = 0; posterior < 2; posterior++) {
    for (int kind = 0; kind < 6; kind++) {
      for (int i = 0; i < ROWS * 32; i++) {
        const float *shape = shapes[kind];
        struct svae_latent_planes planes = {.latents = 1 + i / 32,
                                            .lanes = 1 + i % 32,
                                            .posterior = posterior,
                                            .prior = {kind, 0.2f, {shape[0], shape[1], shape[2]}},
                                            .low = -1.2f,
                                            .high = 0.5f,
                                            .weight = 0.3f,
                                            .mean = mean,
                                            .log_scale = log_scale,
                                            .noise = noise,
                                            .z = out,
                                            .tau_noise = out + COUNT,
                                            .kl = out + 2 * COUNT,
                                            .d_mean = out + 3 * COUNT,
                                            .d_log_scale = out + 4 * COUNT};
        const float sum = k->draw(&planes);
        add_floats(draw, &sum, 1);
        add_floats(draw, out, 5 * COUNT);
        planes.variance = out + 5 * COUNT;
        k->draw(&planes);
        add_floats(draw, out, 6 * COUNT);
      }
    }
  }
  uint64_t *backward = begin_hash(cases, "backward");
  for (size_t n = 0; n <= COUNT; n += 5) {
    k->backward(n, mean, log_scale, out, out + COUNT);
    add_floats(backward, out, 2 * COUNT);
  }
  free(mean);
  free(log_scale);
  free(noise);
  free(out);
}
