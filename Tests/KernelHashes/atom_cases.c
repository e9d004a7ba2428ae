#include <stdlib.h>

#include "cases.h"

void atom_cases(struct cases *cases, const struct svae_atom_kernels *k) {
  enum { ROWS = 9, COUNT = 32 * ROWS };
  float *heads = numbers(cases, 3 * COUNT), *number = numbers(cases, ROWS);
  float *out = zeros(7 * COUNT + ROWS), *back = numbers(cases, 4 * COUNT);
  uint64_t *draw = begin_hash(cases, "atoms"), *backward = begin_hash(cases, "atoms backward");
  for (int kind = 0; kind < 3; kind++) {
    for (int i = 0; i < ROWS * 32; i++) {
      const struct svae_atom_planes planes = {.latents = 1 + i / 32,
                                              .lanes = 1 + i % 32,
                                              .kind = kind,
                                              .scale = 0.2f,
                                              .low = -1.2f,
                                              .high = 0.5f,
                                              .weight = 0.3f,
                                              .number = number,
                                              .first = heads,
                                              .second = heads + COUNT,
                                              .third = heads + 2 * COUNT,
                                              .z = out,
                                              .variance = out + COUNT,
                                              .share = out + 2 * COUNT,
                                              .kl = out + 3 * COUNT,
                                              .d_first = out + 4 * COUNT,
                                              .d_second = out + 5 * COUNT,
                                              .d_third = out + 6 * COUNT,
                                              .number_slopes = out + 7 * COUNT};
      const float sum = k->draw(&planes);
      add_floats(draw, &sum, 1);
      add_floats(draw, out, 7 * COUNT + ROWS);
    }
    for (int row = 0; row < ROWS; row++) {
      const size_t at = 32 * row;
      const struct svae_atom_gradient gradient = {.kind = kind,
                                                  .low = -1.2f,
                                                  .high = 0.5f,
                                                  .d_z = back + at,
                                                  .d_variance = 0.7f,
                                                  .first = heads + at,
                                                  .second = heads + COUNT + at,
                                                  .z = out + at,
                                                  .variance = out + COUNT + at,
                                                  .share = out + 2 * COUNT + at,
                                                  .d_first = back + COUNT + at,
                                                  .d_second = back + 2 * COUNT + at,
                                                  .d_third = back + 3 * COUNT + at};
      k->backward(&gradient);
    }
    add_floats(backward, back, 4 * COUNT);
  }
  free(heads);
  free(number);
  free(out);
  free(back);
}
