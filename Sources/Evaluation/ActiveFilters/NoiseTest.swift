import Compute

/// Tells filters with structure from noise-like ones, with a stated rate of false positives.
///
/// A filter has structure where it is more compact in places and frequencies (`PhasePlane`, before
/// and after whitening by the data's spectrum, which may hide it), or nearer to one of the data's
/// patches once both are whitened (`Remoteness`) than noise is. The first two find Gabor functions,
/// edges and pen strokes, the third whole digits, which are large.
///
/// The null hypotheses are noise filters of four kinds:
/// - white ones;
/// - single pixels, scattered: what Adam makes of noise where it shrinks all pixels of a filter
///   alike and renormalising favours the largest;
/// - Gaussian ones with the data's own covariance, what a linear Gaussian model (probabilistic PCA)
///   learns where nothing prefers one basis of its space;
/// - random mixtures of the filters in question. A rotation of them all is one more basis of the
///   same space, and a model whose prior is Gaussian or whose prior does nothing cannot tell it from
///   the filters it learned: what every rotation has is not the filters' own.
///
/// A filter is noise-like unless one of its m statistics is below the `falsePositiveRate`/m quantile
/// of each null. With n noise filters and the k-th smallest of their values as the quantile, a
/// further noise filter falls below with probability k/(n+1) exactly, whatever the distribution: at
/// most m·k/(n+1) in all, 0.9 % for the defaults.
public struct NoiseTest: Sendable {
  /// The share of noise filters, of any kind, that is taken for structure: at most this.
  public let falsePositiveRate: Double
  private let statistics: NoiseStatistics
  /// Of each statistic: below it lies structure.
  private let thresholds: [Double]
  private let noiseFilters: Int
  /// Which of a null's sorted values is the threshold, from 1.
  private let rank: Int
  private let seed: UInt64

  /// Fewer filters are not compared with their mixtures: a mixture of few is too often nearly one
  /// of them.
  static let fewestMixed = 32

  /// Draws noise filters and measures them.
  ///
  /// - Parameters:
  ///   - height: rows of a patch.
  ///   - width: columns of a patch.
  ///   - data: patches as the model sees them, `[patches, height·width]`, or of several channels,
  ///     `[patches, channels·height·width]`; then filters have as many, and are judged by their
  ///     `spatialProfiles`. A few thousand serve.
  ///     Noise with their covariance is their sum with independent Gaussian weights. Nil leaves
  ///     the other nulls, and the phase plane as the statistic.
  ///   - noiseFilters: how many are drawn for each null.
  ///   - progress: told of the filters drawn with the data's covariance, which take longest; from
  ///     any thread, but one at a time.
  public init(
    height: Int, width: Int, data: Matrix?,
    falsePositiveRate: Double = ActivityThresholds().noiseFalsePositiveRate,
    noiseFilters: Int = 999, seed: UInt64 = 0, team: ThreadTeam,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) {
    self.falsePositiveRate = falsePositiveRate
    self.noiseFilters = noiseFilters
    self.seed = seed
    statistics = NoiseStatistics(height: height, width: width, data: data)
    let pixels = data?.columns ?? height * width
    var nulls = [
      NoiseFilters.white(filters: noiseFilters, pixels: pixels, seed: seed),
      NoiseFilters.scattered(filters: noiseFilters, pixels: pixels, seed: seed),
    ]
    if let data, data.rows > 1 {
      nulls.append(
        NoiseFilters.resembling(
          data, filters: noiseFilters, seed: seed, team: team, progress: progress))
    }
    let share = falsePositiveRate / Double(statistics.count)
    rank = Int((share * Double(noiseFilters + 1) + 1e-9).rounded(.down))
    precondition(
      rank >= 1 && rank <= noiseFilters,
      "\(noiseFilters) noise filters cannot tell a rate of \(share)")
    thresholds = nulls.reduce([Double](repeating: .infinity, count: statistics.count)) {
      [statistics, rank] least, null in
      zip(least, statistics.quantiles(rank, of: null, team: team)).map { min($0, $1) }
    }
  }

  /// What filters look like in space, `[latents, height·width]`: see `Matrix.spatialProfiles`.
  public func profiles(of filters: Matrix) -> Matrix {
    filters.spatialProfiles(area: statistics.area)
  }

  /// Whether each filter of `[latents, pixels]` is noise-like.
  public func isNoiseLike(_ filters: Matrix, team: ThreadTeam) -> [Bool] {
    var thresholds = thresholds
    if filters.rows >= Self.fewestMixed {
      let mixtures = NoiseFilters.mixtures(
        of: filters, count: noiseFilters, seed: seed &+ 1, team: team)
      thresholds = zip(thresholds, statistics.quantiles(rank, of: mixtures, team: team))
        .map { min($0, $1) }
    }
    var verdicts = [Bool](repeating: true, count: filters.rows)
    for (values, threshold) in zip(statistics.values(of: filters, team: team), thresholds) {
      for (row, value) in values.enumerated() where value < threshold { verdicts[row] = false }
    }
    return verdicts
  }
}

/// Numbers that are small for filters with structure and large for noise, whatever a filter's scale
/// and sign.
private struct NoiseStatistics {
  private let plane: PhasePlane
  private let likeness: (whitening: SoftWhitening, remoteness: Remoteness)?

  /// - Parameter data: `[patches, pixels]`; without any, the phase plane is the one statistic.
  init(height: Int, width: Int, data: Matrix?) {
    plane = PhasePlane(height: height, width: width)
    likeness = data.map { $0.spatialProfiles(area: height * width) }.flatMap { data in
      (data.rows > 1 ? SoftWhitening(data: data) : nil).map { ($0, Remoteness(from: data, $0)) }
    }
  }

  var count: Int { likeness == nil ? 1 : 3 }
  /// Pixels of a channel.
  var area: Int { plane.height * plane.width }

  /// Of each statistic one number for each filter of `[filters, pixels]`.
  func values(of filters: Matrix, team: ThreadTeam) -> [[Double]] {
    let filters = filters.spatialProfiles(area: area)
    let occupancies = plane.occupancies(of: filters, team: team)
    guard let (whitening, remoteness) = likeness else { return [occupancies] }
    let whitened = whitening.whitened(filters)
    return [
      occupancies, plane.occupancies(of: whitened, team: team),
      remoteness.values(of: whitened, team: team),
    ]
  }

  /// Of each statistic the `rank`-th smallest value of `filters`.
  func quantiles(_ rank: Int, of filters: Matrix, team: ThreadTeam) -> [Double] {
    values(of: filters, team: team).map { $0.sorted()[rank - 1] }
  }
}
