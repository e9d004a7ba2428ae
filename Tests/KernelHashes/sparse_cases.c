#include <math.h>
#include <stdlib.h>

#include "cases.h"

/// A problem of sparse coding with patches.
struct problem {
  struct svae_lasso lasso;
  struct svae_code_rows rows;
  struct svae_patches patches;
  float *filters, *x, *gram, *diagonals, *targets, *energies;
  float *planes[5], *correlations, *numbers;
  size_t count;  // floats in a plane of codes
};

static float product(const float *a, const float *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += (double)a[i] * b[i];
  return (float)sum;
}

/// G, b and ‖x‖² of random unit filters and patches.
static struct problem make_problem(struct cases *cases, int atoms, int pixels, int rows,
                                   int nonnegative) {
  const int stride = (atoms + 15) / 16 * 16;
  struct problem p = {.count = (size_t)rows * stride};
  p.filters = numbers(cases, (size_t)atoms * pixels);
  p.x = numbers(cases, (size_t)rows * pixels);
  p.gram = zeros((size_t)atoms * stride);
  p.diagonals = zeros(2 * (size_t)stride);
  p.targets = zeros(p.count);
  p.energies = zeros(rows);
  for (int k = 0; k < atoms; k++) {
    float *filter = p.filters + (size_t)k * pixels;
    const float norm = sqrtf(product(filter, filter, pixels));
    for (int i = 0; i < pixels; i++) filter[i] /= norm;
    for (int j = 0; j <= k; j++) {
      const float entry = product(filter, p.filters + (size_t)j * pixels, pixels);
      p.gram[k * stride + j] = p.gram[j * stride + k] = entry;
    }
    p.diagonals[k] = p.gram[k * stride + k];
    p.diagonals[stride + k] = 1 / p.diagonals[k];
  }
  for (int r = 0; r < rows; r++) {
    const float *x = p.x + (size_t)r * pixels;
    p.energies[r] = r == 3 ? NAN : product(x, x, pixels);
    for (int k = 0; k < atoms; k++) {
      p.targets[r * stride + k] = product(x, p.filters + (size_t)k * pixels, pixels);
    }
  }
  p.lasso = (struct svae_lasso){p.gram, p.diagonals + stride, p.diagonals, atoms, stride,
                                0.35f,  nonnegative};
  p.rows = (struct svae_code_rows){rows,           p.targets,   p.energies,
                                   zeros(p.count), zeros(rows), (int32_t *)zeros(rows)};
  p.patches = (struct svae_patches){p.filters, p.x, pixels};
  for (int i = 0; i < 5; i++) p.planes[i] = zeros(p.count);
  p.correlations = zeros(p.count);
  p.numbers = zeros(rows);
  return p;
}

static void free_problem(struct problem *p) {
  float *all[] = {p->filters,      p->x,         p->gram,
                  p->diagonals,    p->targets,   p->energies,
                  p->rows.codes,   p->rows.gaps, (float *)p->rows.iterations,
                  p->correlations, p->numbers};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  for (int i = 0; i < 5; i++) free(p->planes[i]);
}

/// Codes to start from, few of them not zero, and what goes with them.
static void start(struct problem *p) {
  for (size_t i = 0; i < p->count; i++) {
    const int is_used = (int)i % p->lasso.stride < p->lasso.atoms;
    const float z = is_used && i % 7 == 0 ? 0.3f * p->targets[i] : 0;
    p->rows.codes[i] = p->lasso.nonnegative ? fabsf(z) : z;
    p->correlations[i] = 0.9f * p->targets[i] - 0.3f * z;
    for (int j = 0; j < 5; j++) {
      p->planes[j][i] = is_used ? 0.1f + fabsf(p->rows.codes[i]) : 0;
    }
  }
  for (int r = 0; r < p->rows.rows; r++) p->numbers[r] = 1 + r;
}

static void add_problem(uint64_t *hash, const struct problem *p) {
  add_floats(hash, p->rows.codes, p->count);
  add_floats(hash, p->rows.gaps, p->rows.rows);
  add_integers(hash, p->rows.iterations, p->rows.rows);
  add_floats(hash, p->numbers, p->rows.rows);
  for (int i = 0; i < 5; i++) add_floats(hash, p->planes[i], p->count);
}

enum { KERNELS = 12 };
static const char *const names[KERNELS] = {
    "lasso_gaps",       "shrink_step",        "fista_step",          "lca_step",
    "admm_step",        "hadamard_step",      "hard_threshold_step", "coordinate_descent",
    "matching_pursuit", "orthogonal_pursuit", "active_set_newton",   "dictionary_pass"};

/// G stands for A, and what the patches' products make of it for B.
static void dictionary(const struct svae_sparse_kernels *k, struct problem *p, float *scratch) {
  const size_t atoms = p->lasso.atoms, pixels = p->patches.pixels;
  float *a = zeros(atoms * atoms), *b = zeros(atoms * pixels);
  for (size_t i = 0; i < atoms * atoms; i++) {
    a[i] = p->gram[i / atoms * p->lasso.stride + i % atoms];
  }
  for (size_t i = 0; i < atoms * pixels; i++) b[i] = p->x[i % (p->rows.rows * pixels)];
  k->dictionary_pass((int)atoms, (int)pixels, a, b, 1e-6f, p->filters, scratch);
  free(a);
  free(b);
}

/// Kernel `which` of `names` on a problem.
static void run(const struct svae_sparse_kernels *k, struct problem *p, int which) {
  const struct svae_lasso *l = &p->lasso;
  const struct svae_code_rows *rows = &p->rows;
  float *const *w = p->planes, *c = p->correlations;
  const int kept = l->atoms < 9 ? l->atoms : 9;
  const struct svae_newton_limits limits = {1e-6f, 30, l->atoms < 40 ? l->atoms : 40};
  const struct svae_hadamard_state state = {w[0], w[1], w[2], w[3], w[4], p->numbers};
  float *scratch =
      zeros(k->newton_scratch(rows->rows, l->stride, p->patches.pixels, limits.capacity));
  switch (which) {
    case 0: k->lasso_gaps(l, rows, c); break;
    case 1: k->shrink_step(l, rows, 0.1f, c); break;
    case 2: k->fista_step(l, rows, 0.1f, w[0], c, p->numbers); break;
    case 3:
      k->lca_step(l, rows, 0.3f, 0, w[0], c);
      k->lca_step(l, rows, 0.3f, 1, w[0], c);
      break;
    case 4: k->admm_step(l, rows, 0.7f, w[0], w[1], w[2]); break;
    case 5: k->hadamard_step(l, rows, 3, 9, 1e-3f, &state, c); break;
    case 6: k->hard_threshold_step(l, rows, kept, 0.2f, c, p->numbers, scratch); break;
    case 7: k->coordinate_descent(l, rows, 1e-5f, 200, scratch); break;
    case 8: k->matching_pursuit(l, rows, kept, 50, 1e-3f, scratch); break;
    case 9: k->orthogonal_pursuit(l, rows, kept, 1e-3f, 0.01f, scratch); break;
    case 10: k->active_set_newton(l, rows, &p->patches, &limits, scratch); break;
    case 11: dictionary(k, p, scratch); break;
  }
  free(scratch);
}

void sparse_cases(struct cases *cases, const struct svae_sparse_kernels *k) {
  const int shapes[][3] = {{1, 5, 1}, {37, 40, 19}, {100, 64, 33}, {200, 144, 40}, {338, 144, 20}};
  uint64_t *hashes[KERNELS];
  for (int i = 0; i < KERNELS; i++) hashes[i] = begin_hash(cases, names[i]);
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    for (int nonnegative = 0; nonnegative < 2; nonnegative++) {
      struct problem p = make_problem(cases, shapes[i][0], shapes[i][1], shapes[i][2], nonnegative);
      for (int which = 0; which < KERNELS; which++) {
        start(&p);
        run(k, &p, which);
        add_problem(hashes[which], &p);
        add_floats(hashes[which], p.filters, (size_t)shapes[i][0] * shapes[i][1]);
      }
      free_problem(&p);
    }
  }
}
