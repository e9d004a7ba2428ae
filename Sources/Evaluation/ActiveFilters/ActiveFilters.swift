import Compute

/// The headline: filters that are used, not noise-like, and not single pixels.
///
/// One element per latent throughout. For digits this is "stroke-like": see `NoiseTest`.
public struct ActiveFilters: Hashable, Sendable, Codable {
  /// Where the lines were drawn.
  public let thresholds: ActivityThresholds
  /// Which latents are used: those that are informative or, of a dictionary, that any patch needs.
  public let used: [Bool]
  /// (Σw²)²/Σw⁴ in pixels.
  public let participationRatios: [Double]
  /// The share of noise filters that the noise test takes for structure.
  public let noiseFalsePositiveRate: Double

  /// Participation ratio below its threshold: a single-pixel filter.
  public let spikes: [Bool]
  /// Indistinguishable from noise: see `NoiseTest`.
  public let noiseLike: [Bool]
  /// |cosine| with an earlier filter above its threshold; the first of each group is not counted.
  public let duplicates: [Bool]
  /// The best Gabor function for each filter; nil where none was fitted.
  public let gaborFits: [GaborFit]?
  /// R² of the best Gabor function above its threshold; nil where none was fitted. A single pixel
  /// is Gabor-like too: look at `spikes` beside it.
  public let gaborLike: [Bool]?
  /// R² of the best Gabor function at least the strict threshold; nil where none was fitted.
  public let gaborLikeStrict: [Bool]?
  /// Gabor-like, but without a wave that can be seen: blobs and edges, which have no frequency. Nil
  /// where none was fitted.
  public var gaborWithoutCarrier: [Bool]? {
    gaborFits.flatMap { fits in
      gaborLike.map { zip(fits, $0).map { fit, isLike in isLike && !fit.hasCarrier } }
    }
  }
  /// Used, not noise-like and not a spike.
  public let active: [Bool]

  /// Number of active filters.
  public var count: Int { active.count { $0 } }
  /// Number of latents, K.
  public var latents: Int { active.count }

  /// - Parameters:
  ///   - filters: Φ, `[latents, pixels]`, one filter a row.
  ///   - used: one element per latent.
  ///   - noiseTest: made for the same patches.
  ///   - gaborFits: of the same filters, or their spatial profiles; nil where Gabor functions do not apply.
  public init(
    filters: Matrix, used: [Bool], noiseTest: NoiseTest, gaborFits: [GaborFit]? = nil,
    thresholds: ActivityThresholds = ActivityThresholds(), team: ThreadTeam
  ) {
    precondition(
      filters.rows == used.count, "\(filters.rows) filters for \(used.count) latents")
    precondition(
      gaborFits.map { $0.count == filters.rows } ?? true,
      "\(gaborFits?.count ?? 0) Gabor fits for \(filters.rows) filters")
    self.thresholds = thresholds
    self.used = used
    self.gaborFits = gaborFits
    gaborLike = gaborFits?.map { $0.rSquared > thresholds.gaborLike }
    gaborLikeStrict = gaborFits?.map { $0.rSquared >= thresholds.gaborLikeStrict }
    participationRatios = Evaluation.participationRatios(of: noiseTest.profiles(of: filters))
    noiseFalsePositiveRate = noiseTest.falsePositiveRate
    let isSpike = participationRatios.map { $0 < thresholds.spikes }
    let isNoise = noiseTest.isNoiseLike(filters, team: team)
    duplicates = filters.isDuplicate(above: thresholds.duplicates)
    spikes = isSpike
    noiseLike = isNoise
    active = used.indices.map { used[$0] && !isNoise[$0] && !isSpike[$0] }
  }
}
