import RealModule

/// Which latents the posterior uses, by the field's definitions side by side.
///
/// One element per latent throughout. Counts are easy to fool: under unit norm several of these
/// read 100 % even where every filter is noise. `ActiveFilters` looks at the filters as well.
public struct LatentActivity: Hashable, Sendable, Codable {
  /// Where the lines were drawn.
  public let thresholds: ActivityThresholds
  /// ½·log(1 + Var_x(μ)/E_x[τ²]) in nats: what a Gaussian channel of this signal-to-noise ratio
  /// carries.
  public let information: [Double]
  /// Var_x(μ)/E_x[τ²].
  public let signalToNoise: [Double]
  /// Var_x(μ) > threshold.
  public let activeUnits: [Bool]
  /// Var_x(μ)/Var(prior) > threshold; nil where the prior's variance is infinite.
  public let activeUnitsScaleFree: [Bool]?
  /// E_x[KL] > threshold.
  public let klActive: [Bool]
  /// The largest E_x[KL at μ = 0, same τ] of any latent, in nats. Where it comes near the KL's
  /// threshold, `klActive` counts latents for being narrow.
  public let divergenceFloor: Double
  /// information > threshold.
  public let informative: [Bool]
  /// Var_x(μ)/E_x[τ²] > threshold.
  public let strong: [Bool]

  /// - Parameter priorVariances: of each latent's prior, in the latents' squared unit; nil (or
  ///   infinite) where it has none, as Cauchy's.
  public init(
    _ statistics: PosteriorStatistics, priorVariances: [Double]?,
    thresholds: ActivityThresholds = ActivityThresholds()
  ) {
    self.thresholds = thresholds
    // A latent without any posterior variance carries information as soon as its mean moves.
    let ratios = zip(statistics.meanVariance, statistics.posteriorVariance).map {
      signal, noise in signal > 0 ? signal / noise : 0
    }
    signalToNoise = ratios
    information = ratios.map { 0.5 * .log(onePlus: $0) }
    activeUnits = statistics.meanVariance.map { $0 > thresholds.activeUnits }
    if let priorVariances, priorVariances.allSatisfy({ $0.isFinite }) {
      activeUnitsScaleFree = zip(statistics.meanVariance, priorVariances).map {
        $0 / $1 > thresholds.activeUnitsScaleFree
      }
    } else {
      activeUnitsScaleFree = nil
    }
    klActive = statistics.divergence.map { $0 > thresholds.klActive }
    divergenceFloor = statistics.idleDivergence.max() ?? 0
    informative = information.map { $0 > thresholds.informative }
    strong = ratios.map { $0 > thresholds.strong }
  }
}
