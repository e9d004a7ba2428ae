import Compute

/// Tells filters with structure from noise-like ones, with a stated rate of false positives.
///
/// The statistic is a filter's occupancy of the phase plane (`PhasePlane`), small for structure.
/// The null hypotheses are noise filters: white ones, and Gaussian ones with the data's own
/// covariance. The second is what a linear Gaussian model (probabilistic PCA) learns, whose filters
/// are determined up to a rotation only, and so what a decoder's filters look like where sparsity
/// does nothing. A filter is noise-like unless its occupancy is below the `falsePositiveRate`
/// quantile of either null.
///
/// With n noise filters and the k-th smallest of their occupancies as the quantile, a further noise
/// filter falls below with probability k/(n+1) exactly: 1 % for the defaults, whatever the
/// distribution. Measured on 4,000 fresh noise filters with the data's covariance: 0.9 % for
/// 12 × 12 patches of whitened photographs, 1.2 % for whitened 28 × 28 digits; on 2,000 white ones
/// of either size, none.
public struct NoiseTest: Sendable {
  /// Occupancies at and above this are noise-like.
  public let threshold: Double
  /// The share of noise filters, of either kind, that is taken for structure: at most this.
  public let falsePositiveRate: Double
  private let plane: PhasePlane

  /// Draws noise filters and measures them.
  ///
  /// - Parameters:
  ///   - height: rows of a patch.
  ///   - width: columns of a patch.
  ///   - data: patches as the model sees them, `[patches, height·width]`; a few thousand serve.
  ///     Noise with their covariance is their sum with independent Gaussian weights. Nil leaves
  ///     white noise as the only null.
  ///   - falsePositiveRate: k/(noiseFilters + 1) for a whole k ≥ 1 is best; others round down.
  ///   - noiseFilters: how many are drawn for each null.
  public init(
    height: Int, width: Int, data: Matrix?,
    falsePositiveRate: Double = ActivityThresholds().noiseFalsePositiveRate,
    noiseFilters: Int = 999, seed: UInt64 = 0, team: ThreadTeam
  ) {
    let rank = Int((falsePositiveRate * Double(noiseFilters + 1) + 1e-9).rounded(.down))
    precondition(
      rank >= 1 && rank <= noiseFilters,
      "\(noiseFilters) noise filters cannot tell a rate of \(falsePositiveRate)")
    let plane = PhasePlane(height: height, width: width)
    var nulls = [NoiseFilters.white(filters: noiseFilters, pixels: height * width, seed: seed)]
    if let data, data.rows > 1 {
      nulls.append(
        NoiseFilters.resembling(data, filters: noiseFilters, seed: seed, team: team))
    }
    let quantiles = nulls.map { plane.occupancies(of: $0, team: team).sorted()[rank - 1] }
    threshold = quantiles.reduce(.infinity) { min($0, $1) }
    self.falsePositiveRate = falsePositiveRate
    self.plane = plane
  }

  /// The occupancies of filters `[latents, height·width]`, to be held against `threshold`.
  public func occupancies(of filters: Matrix, team: ThreadTeam) -> [Double] {
    plane.occupancies(of: filters, team: team)
  }
}
