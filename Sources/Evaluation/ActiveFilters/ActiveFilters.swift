import Compute

/// The headline: filters that are informative, not noise-like, and no spikes.
///
/// One element per latent throughout. For digits this is "stroke-like": the noise test asks for
/// filters that are compact in space and frequency, which strokes are and scattered pixels are not.
public struct ActiveFilters: Hashable, Sendable, Codable {
  /// Which latents the posterior uses.
  public let activity: LatentActivity
  /// (Σw²)²/Σw⁴ in pixels.
  public let participationRatios: [Double]
  /// Share of the plane of places × frequencies that each filter occupies.
  public let occupancies: [Double]
  /// Occupancies at and above this are noise-like.
  public let occupancyThreshold: Double

  /// Participation ratio below its threshold: a single-pixel filter.
  public let spikes: [Bool]
  /// Not to be told from noise, white or with the data's covariance.
  public let noiseLike: [Bool]
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
  public init(
    filters: Matrix, activity: LatentActivity, noiseTest: NoiseTest, team: ThreadTeam
  ) {
    precondition(
      filters.rows == activity.informative.count,
      "\(filters.rows) filters for \(activity.informative.count) latents")
    self.activity = activity
    participationRatios = Evaluation.participationRatios(of: filters)
    occupancies = noiseTest.occupancies(of: filters, team: team)
    occupancyThreshold = noiseTest.threshold
    let isSpike = participationRatios.map { $0 < activity.thresholds.spikes }
    let isNoise = occupancies.map { !($0 < noiseTest.threshold) }
    spikes = isSpike
    noiseLike = isNoise
    active = activity.informative.indices.map {
      activity.informative[$0] && !isNoise[$0] && !isSpike[$0]
    }
  }
}
