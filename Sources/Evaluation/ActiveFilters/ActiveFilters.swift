import Compute

/// The headline: filters that are informative, not noise-like, and no spikes.
///
/// One element per latent throughout. For digits this is "stroke-like": see `NoiseTest`.
public struct ActiveFilters: Hashable, Sendable, Codable {
  /// Which latents the posterior uses.
  public let activity: LatentActivity
  /// (Σw²)²/Σw⁴ in pixels.
  public let participationRatios: [Double]
  /// The share of noise filters that the noise test takes for structure.
  public let noiseFalsePositiveRate: Double

  /// Participation ratio below its threshold: a single-pixel filter.
  public let spikes: [Bool]
  /// Not to be told from noise: see `NoiseTest`.
  public let noiseLike: [Bool]
  /// |cosine| with an earlier filter above its threshold. One of each group is none.
  public let duplicates: [Bool]
  /// R² of the best Gabor function above its threshold; nil where none was fitted. A single pixel
  /// is Gabor-like too: look at `spikes` beside it.
  public let gaborLike: [Bool]?
  /// R² of the best Gabor function at least the strict threshold; nil where none was fitted.
  public let gaborLikeStrict: [Bool]?
  /// Informative, not noise-like and no spike.
  public let active: [Bool]

  /// Number of active filters.
  public var count: Int { active.count { $0 } }
  /// Number of latents, K.
  public var latents: Int { active.count }

  /// - Parameters:
  ///   - filters: Φ, `[latents, pixels]`, one filter a row.
  ///   - activity: of the same latents.
  ///   - noiseTest: made for the same patches.
  ///   - gaborFits: of the same filters; nil where Gabor functions do not apply.
  public init(
    filters: Matrix, activity: LatentActivity, noiseTest: NoiseTest,
    gaborFits: [GaborFit]? = nil, team: ThreadTeam
  ) {
    precondition(
      filters.rows == activity.informative.count,
      "\(filters.rows) filters for \(activity.informative.count) latents")
    precondition(
      gaborFits.map { $0.count == filters.rows } ?? true,
      "\(gaborFits?.count ?? 0) Gabor fits for \(filters.rows) filters")
    self.activity = activity
    let thresholds = activity.thresholds
    gaborLike = gaborFits?.map { $0.rSquared > thresholds.gaborLike }
    gaborLikeStrict = gaborFits?.map { $0.rSquared >= thresholds.gaborLikeStrict }
    participationRatios = Evaluation.participationRatios(of: filters)
    noiseFalsePositiveRate = noiseTest.falsePositiveRate
    let isSpike = participationRatios.map { $0 < thresholds.spikes }
    let isNoise = noiseTest.isNoiseLike(filters, team: team)
    duplicates = filters.isDuplicate(above: thresholds.duplicates)
    spikes = isSpike
    noiseLike = isNoise
    active = activity.informative.indices.map {
      activity.informative[$0] && !isNoise[$0] && !isSpike[$0]
    }
  }
}
