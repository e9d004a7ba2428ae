import Compute

/// Tells filters with structure from noise-like ones, with a stated rate of false positives.
///
/// A filter has structure where it is more compact in places and frequencies (`PhasePlane`), or
/// smoother (`Roughness`), or nearer to one of the data's patches (`Remoteness`) than noise is. The
/// first finds Gabor functions, edges and pen strokes, the others whole digits, which are large.
///
/// The null hypotheses are noise filters: white ones, and Gaussian ones with the data's own
/// covariance. The second is what a linear Gaussian model (probabilistic PCA) learns, whose filters
/// are determined up to a rotation only, and so what a decoder's filters look like where sparsity
/// does nothing. A filter is noise-like unless one of its m statistics is below the
/// `falsePositiveRate`/m quantile of either null.
///
/// With n noise filters and the k-th smallest of their values as the quantile, a further noise
/// filter falls below with probability k/(n+1) exactly, whatever the distribution: at most m·k/(n+1)
/// in all, 0.9 % for the defaults.
public struct NoiseTest: Sendable {
  /// The share of noise filters, of either kind, that is taken for structure: at most this.
  public let falsePositiveRate: Double
  private let criteria: [(statistic: any NoiseStatistic, threshold: Double)]

  /// Draws noise filters and measures them.
  ///
  /// - Parameters:
  ///   - height: rows of a patch.
  ///   - width: columns of a patch.
  ///   - data: patches as the model sees them, `[patches, height·width]`; a few thousand serve.
  ///     Noise with their covariance is their sum with independent Gaussian weights. Nil leaves
  ///     white noise as the only null.
  ///   - noiseFilters: how many are drawn for each null.
  public init(
    height: Int, width: Int, data: Matrix?,
    falsePositiveRate: Double = ActivityThresholds().noiseFalsePositiveRate,
    noiseFilters: Int = 999, seed: UInt64 = 0, team: ThreadTeam
  ) {
    var statistics: [any NoiseStatistic] = [
      PhasePlane(height: height, width: width), Roughness(width: width),
    ]
    var nulls = [NoiseFilters.white(filters: noiseFilters, pixels: height * width, seed: seed)]
    if let data, data.rows > 1 {
      statistics.append(Remoteness(from: data))
      nulls.append(
        NoiseFilters.resembling(data, filters: noiseFilters, seed: seed, team: team))
    }
    let share = falsePositiveRate / Double(statistics.count)
    let rank = Int((share * Double(noiseFilters + 1) + 1e-9).rounded(.down))
    precondition(
      rank >= 1 && rank <= noiseFilters,
      "\(noiseFilters) noise filters cannot tell a rate of \(share)")
    criteria = statistics.map { statistic in
      let quantiles = nulls.map { statistic.values(of: $0, team: team).sorted()[rank - 1] }
      return (statistic, quantiles.reduce(.infinity) { min($0, $1) })
    }
    self.falsePositiveRate = falsePositiveRate
  }

  /// Whether each filter of `[latents, height·width]` is noise-like.
  public func isNoiseLike(_ filters: Matrix, team: ThreadTeam) -> [Bool] {
    var verdicts = [Bool](repeating: true, count: filters.rows)
    for (statistic, threshold) in criteria {
      for (row, value) in statistic.values(of: filters, team: team).enumerated()
      where value < threshold {
        verdicts[row] = false
      }
    }
    return verdicts
  }
}
