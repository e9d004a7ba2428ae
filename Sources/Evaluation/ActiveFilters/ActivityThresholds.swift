/// Where each definition of an active filter draws its line.
///
/// Counts mean nothing without these numbers: they are printed beside them.
public struct ActivityThresholds: Hashable, Sendable, Codable {
  /// Active units: Var_x(μ) above this, in the latents' squared unit. Burda, Grosse &
  /// Salakhutdinov 2016.
  public var activeUnits = 0.01
  /// Scale-free active units: Var_x(μ) / Var(prior) above this.
  public var activeUnitsScaleFree = 0.01
  /// KL-active: E_x[KL] above this, in nats. A collapsed Gaussian posterior under a Laplace prior
  /// still pays 0.0484.
  public var klActive = 0.1
  /// Informative: ½·log(1 + Var_x(μ)/E_x[τ²]) above this, in nats.
  public var informative = 0.05
  /// Strong: Var_x(μ)/E_x[τ²] above this.
  public var strong = 1.0
  /// Spike: participation ratio (Σw²)²/Σw⁴ below this, in pixels. That of one pixel with the ring
  /// that whitening gives it is below 2, of two pixels 2; of edges that a patch's corner cuts, which
  /// classical sparse coding learns too, from 3.9 on.
  public var spikes = 3.0
  /// Duplicate: |cosine| with an earlier filter above this.
  public var duplicates = 0.99
  /// Gabor-like: R² of the best Gabor function above this.
  public var gaborLike = 0.5
  /// Strictly Gabor-like: R² of the best Gabor function at least this.
  public var gaborLikeStrict = 0.8
  /// Noise-like: what share of noise filters may be taken for structure.
  public var noiseFalsePositiveRate = 0.01

  /// The defaults.
  public init() {}
}
