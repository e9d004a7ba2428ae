#include <stdlib.h>

#include "cases.h"

static void blocks(struct cases *cases, const struct svae_dense_kernels *k) {
  const size_t sizes[][2] = {{32, 32}, {1, 1}, {17, 5}, {31, 32}, {5, 20}};
  float *in = numbers(cases, 32 * 37), *block = zeros(32 * 32), *out = zeros(32 * 37);
  uint64_t *load = begin_hash(cases, "load_block"), *store = begin_hash(cases, "store_block");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    int32_t indices[32];
    for (int r = 0; r < 32; r++) indices[r] = (int32_t)sizes[i][0] - 1 - r;
    k->load_block(sizes[i][0], sizes[i][1], in, 37, i % 2 ? indices : NULL, block);
    add_floats(load, block, 32 * 32);
    k->store_block(sizes[i][0], sizes[i][1], block, out, 37);
    add_floats(store, out, 32 * 37);
  }
  free(in);
  free(block);
  free(out);
}

/// The hashes of a layer's products.
struct products {
  uint64_t *forward, *input_gradient, *weight_gradient, *bias_gradient, *adam;
};

static void updates(struct cases *cases, const struct svae_dense_kernels *k,
                    const struct svae_dense *layer, const float *out_gradient, float *weights,
                    struct products hashes) {
  const struct svae_adam adam = {0.01f, 0.9f, 0.99f, 1e-8f, 1.5f};
  const size_t padded = (layer->outputs + 31) / 32 * 32, count = padded * layer->inputs;
  float *gradient = numbers(cases, count), *bias_gradient = numbers(cases, padded);
  float *first = numbers(cases, count), *second = numbers(cases, count);
  float *bias = numbers(cases, padded), *bias_first = numbers(cases, padded);
  float *bias_second = numbers(cases, padded), *scratch = zeros(32 * 32 * layer->blocks);
  for (size_t i = 0; i < count; i++) second[i] *= second[i];
  for (size_t i = 0; i < padded; i++) bias_second[i] *= bias_second[i];
  for (int way = 0; way < 4; way++) {
    const struct svae_weight_update update = {.out_gradient = out_gradient,
                                              .out_gradient_stride = 32 * layer->outputs,
                                              .panel_stride = 32 * layer->inputs,
                                              .row_stride = 32,
                                              .gradient = gradient,
                                              .bias_gradient = bias_gradient,
                                              .accumulate = way % 2,
                                              .adam = way / 2 ? &adam : NULL,
                                              .weights = weights,
                                              .bias = bias,
                                              .first_moment = first,
                                              .bias_first_moment = bias_first,
                                              .second_moment = second,
                                              .bias_second_moment = bias_second,
                                              .scratch = scratch};
    k->weight_gradient(layer, &update, 0, k->weight_gradient_units(layer));
    add_floats(hashes.weight_gradient, gradient, count);
    add_floats(hashes.weight_gradient, weights, count);
    add_floats(hashes.bias_gradient, bias_gradient, padded);
    add_floats(hashes.bias_gradient, bias, padded);
  }
  k->adam(count - count / 7, &adam, gradient, weights, first, second);
  add_floats(hashes.adam, weights, count);
  float *all[] = {gradient, bias_gradient, first, second, bias, bias_first, bias_second, scratch};
  for (int i = 0; i < 8; i++) free(all[i]);
}

static void products(struct cases *cases, const struct svae_dense_kernels *k, size_t inputs,
                     size_t outputs, size_t blocks, struct products hashes) {
  const size_t padded = (outputs + 31) / 32 * 32;
  float *weights = numbers(cases, padded * inputs), *bias = numbers(cases, padded);
  float *in = numbers(cases, 32 * inputs * blocks), *out = zeros(32 * outputs * blocks);
  float *out_gradient = numbers(cases, 32 * outputs * blocks);
  float *in_gradient = zeros(32 * inputs * blocks);
  const struct svae_dense layer = {.inputs = inputs,
                                   .outputs = outputs,
                                   .blocks = blocks,
                                   .weights = weights,
                                   .bias = bias,
                                   .in = in,
                                   .in_stride = 32 * inputs,
                                   .out = out,
                                   .out_stride = 32 * outputs};
  for (int rectify = 0; rectify < 2; rectify++) {
    k->forward(&layer, rectify, 0, k->forward_units(&layer));
    add_floats(hashes.forward, out, 32 * outputs * blocks);
    k->input_gradient(&layer, out_gradient, 32 * outputs, in_gradient, 32 * inputs, rectify, 0,
                      k->input_gradient_units(&layer));
    add_floats(hashes.input_gradient, in_gradient, 32 * inputs * blocks);
  }
  updates(cases, k, &layer, out_gradient, weights, hashes);
  float *all[] = {weights, bias, in, out, out_gradient, in_gradient};
  for (int i = 0; i < 6; i++) free(all[i]);
}

void dense_cases(struct cases *cases, const struct svae_dense_kernels *k) {
  blocks(cases, k);
  const size_t shapes[][3] = {{1, 1, 1}, {15, 33, 1}, {29, 64, 3}, {144, 100, 3}, {40, 338, 4}};
  struct products hashes = {begin_hash(cases, "forward"), begin_hash(cases, "input_gradient"),
                            begin_hash(cases, "weight_gradient"),
                            begin_hash(cases, "bias_gradient"), begin_hash(cases, "adam")};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    products(cases, k, shapes[i][0], shapes[i][1], shapes[i][2], hashes);
  }
}
