#ifndef SVAE_LATENT_H
#define SVAE_LATENT_H

#include <stddef.h>

// Latent variables in batches: samples, divergences from the prior, and their gradients.
//
// All functions are elementwise over n latents that share one prior; n may be one row of a batch or
// the whole of it. What an element becomes does not depend on where it stands. Arrays do not
// overlap. The logarithm ℓ of the posterior's scale is clamped to [low, high], and has no gradient
// where it lies outside; τ = exp(ℓ) after clamping. A NaN comes through.

/// Families of priors, in the order of the kernels' tables.
enum svae_prior_kind {
  SVAE_PRIOR_LAPLACE,
  SVAE_PRIOR_GAUSSIAN,
  SVAE_PRIOR_CAUCHY,
  /// shape: ν, log of the normaliser at s = 1
  SVAE_PRIOR_STUDENT_T,
  /// shape: floor of |z|/s, log of the normaliser at s = 1
  SVAE_PRIOR_HORSESHOE,
  /// shape, at s = 1: log density of the slab's share at 0, the same of the spike, the spike's
  /// precision
  SVAE_PRIOR_SPIKE_AND_SLAB,
};

/// Families of posteriors: z = μ + τε with ε from N(0, 1) or Laplace(0, 1).
enum svae_posterior_kind { SVAE_POSTERIOR_GAUSSIAN, SVAE_POSTERIOR_LAPLACE };

/// What the kernels need to know of a prior p(z; s) = p₀(z/s)/s.
struct svae_prior {
  /// an `svae_prior_kind`
  int kind;
  /// s
  float scale;
  /// what else the family needs, see `svae_prior_kind`
  float shape[3];
};

/// z = μ + τε, and tau_noise = ∂z/∂ℓ: τε, but 0 where ℓ is clamped.
void svae_latent_sample(size_t n, const float *mean, const float *log_scale, const float *noise,
                        float low, float high, float *z, float *tau_noise);

/// KL(q ‖ p) of each latent in nats, and weight · its gradients by μ and ℓ.
///
/// In closed form for Gaussian and Laplace posteriors against Gaussian and Laplace priors; else
/// estimated from the sample as −H(q) − log p(z), with the gradient along z(μ, ℓ). `z` and
/// `tau_noise` are those of `svae_latent_sample`, of the same μ, ℓ, low and high.
///
/// Returns weight · Σ ∂KL/∂log s, for a prior whose scale is learned (clamped ℓ included).
float svae_latent_divergence(size_t n, int posterior, const struct svae_prior *prior,
                             const float *mean, const float *log_scale, const float *z,
                             const float *tau_noise, float low, float high, float weight,
                             float *kl, float *d_mean, float *d_log_scale);

/// `svae_latent_sample` and `svae_latent_divergence` in one pass: the same numbers, faster.
float svae_latent_sample_divergence(size_t n, int posterior, const struct svae_prior *prior,
                                    const float *mean, const float *log_scale, const float *noise,
                                    float low, float high, float weight, float *z,
                                    float *tau_noise, float *kl, float *d_mean,
                                    float *d_log_scale);

/// Carries a gradient by z back to the posterior: d_mean += d_z, d_log_scale += d_z · tau_noise.
void svae_latent_backward(size_t n, const float *d_z, const float *tau_noise, float *d_mean,
                          float *d_log_scale);

/// −log p(z) in nats, normalised, and its derivative by z.
void svae_prior_energy(size_t n, const struct svae_prior *prior, const float *z, float *energy,
                       float *d_energy);

/// log q(z) in nats at z = μ + τε: log q₀(ε) − ℓ, with ℓ clamped.
///
/// Along the sample its derivative by μ is 0, and by ℓ it is −1 (0 where clamped).
void svae_posterior_log_density(size_t n, int posterior, const float *log_scale,
                                const float *noise, float low, float high, float *log_density);

/// One implementation of the functions above.
struct svae_latent_kernels {
  void (*sample)(size_t, const float *, const float *, const float *, float, float, float *,
                 float *);
  float (*divergence)(size_t, int, const struct svae_prior *, const float *, const float *,
                      const float *, const float *, float, float, float, float *, float *,
                      float *);
  float (*sample_divergence)(size_t, int, const struct svae_prior *, const float *, const float *,
                             const float *, float, float, float, float *, float *, float *,
                             float *, float *);
  void (*backward)(size_t, const float *, const float *, float *, float *);
  void (*energy)(size_t, const struct svae_prior *, const float *, float *, float *);
  void (*log_density)(size_t, int, const float *, const float *, float, float, float *);
};

/// The implementation for a level of `svae_cpu_level`; null if this processor cannot run it.
const struct svae_latent_kernels *svae_latent_kernels_at(int level);

#endif
