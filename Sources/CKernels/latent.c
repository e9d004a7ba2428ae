#include "latent.h"

#include <stdatomic.h>

#include "cpu.h"

extern const struct svae_latent_kernels svae_latent_kernels_portable;
#if defined(__x86_64__)
extern const struct svae_latent_kernels svae_latent_kernels_avx2;
extern const struct svae_latent_kernels svae_latent_kernels_avx512;
#endif

const struct svae_latent_kernels *svae_latent_kernels_at(int level) {
  if (level < 0 || level > svae_cpu_level()) return NULL;
#if defined(__x86_64__)
  if (level == 2) return &svae_latent_kernels_avx512;
  if (level == 1) return &svae_latent_kernels_avx2;
#endif
  return &svae_latent_kernels_portable;
}

/// The fastest implementation, looked up once.
static const struct svae_latent_kernels *kernels(void) {
  static _Atomic(const struct svae_latent_kernels *) chosen;
  const struct svae_latent_kernels *table = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (!table) {
    table = svae_latent_kernels_at(svae_cpu_level());
    atomic_store_explicit(&chosen, table, memory_order_relaxed);
  }
  return table;
}

void svae_latent_sample(size_t n, const float *mean, const float *log_scale, const float *noise,
                        float low, float high, float *z, float *tau_noise) {
  kernels()->sample(n, mean, log_scale, noise, low, high, z, tau_noise);
}

float svae_latent_divergence(size_t n, int posterior, const struct svae_prior *prior,
                             const float *mean, const float *log_scale, const float *z,
                             const float *tau_noise, float low, float high, float weight,
                             float *kl, float *d_mean, float *d_log_scale) {
  return kernels()->divergence(n, posterior, prior, mean, log_scale, z, tau_noise, low, high,
                               weight, kl, d_mean, d_log_scale);
}

float svae_latent_sample_divergence(size_t n, int posterior, const struct svae_prior *prior,
                                    const float *mean, const float *log_scale, const float *noise,
                                    float low, float high, float weight, float *z,
                                    float *tau_noise, float *kl, float *d_mean,
                                    float *d_log_scale) {
  return kernels()->sample_divergence(n, posterior, prior, mean, log_scale, noise, low, high,
                                      weight, z, tau_noise, kl, d_mean, d_log_scale);
}

void svae_latent_backward(size_t n, const float *d_z, const float *tau_noise, float *d_mean,
                          float *d_log_scale) {
  kernels()->backward(n, d_z, tau_noise, d_mean, d_log_scale);
}

void svae_prior_energy(size_t n, const struct svae_prior *prior, const float *z, float *energy,
                       float *d_energy) {
  kernels()->energy(n, prior, z, energy, d_energy);
}

void svae_posterior_log_density(size_t n, int posterior, const float *log_scale,
                                const float *noise, float low, float high, float *log_density) {
  kernels()->log_density(n, posterior, log_scale, noise, low, high, log_density);
}
