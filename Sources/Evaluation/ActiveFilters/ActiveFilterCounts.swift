/// How many filters are active, by each definition, with its threshold beside it.
///
/// Encodes as one flat object; definitions that do not apply are null.
public struct ActiveFilterCounts: Hashable, Sendable {
  /// The verdicts that are counted.
  public let filters: ActiveFilters

  public init(_ filters: ActiveFilters) { self.filters = filters }

  /// Number of latents, K.
  public var latents: Int { filters.latents }
  /// Informative, not noise-like, no spike.
  public var activeFilters: Int { filters.count }
  /// Var_x(μ) above its threshold.
  public var activeUnits: Int { count(filters.activity.activeUnits) }
  /// Var_x(μ)/Var(prior) above its threshold; nil where the prior has no variance.
  public var activeUnitsScaleFree: Int? { filters.activity.activeUnitsScaleFree.map(count) }
  /// E_x[KL] above its threshold.
  public var klActive: Int { count(filters.activity.klActive) }
  /// ½·log(1 + Var_x(μ)/E_x[τ²]) above its threshold.
  public var informative: Int { count(filters.activity.informative) }
  /// Var_x(μ)/E_x[τ²] above its threshold.
  public var strong: Int { count(filters.activity.strong) }
  /// Single-pixel filters.
  public var spikes: Int { count(filters.spikes) }
  /// Filters not to be told from noise.
  public var noiseLike: Int { count(filters.noiseLike) }
  /// Filters with R² of a Gabor fit above its threshold; nil where none were fitted.
  public var gaborLike: Int? { filters.gaborLike.map(count) }
  /// The same with the strict threshold.
  public var gaborLikeStrict: Int? { filters.gaborLikeStrict.map(count) }

  private func count(_ verdicts: [Bool]) -> Int { verdicts.count { $0 } }
}

extension ActiveFilterCounts: Encodable {
  private enum Key: String, CodingKey {
    case latents, activeFilters, activeUnits, activeUnitsScaleFree, klActive, klFloor, informative
    case strong, spikes, noiseLike, noiseFalsePositiveRate, gaborLike, gaborLikeStrict
    case activeUnitsThreshold, activeUnitsScaleFreeThreshold, klActiveThreshold
    case informativeThreshold, strongThreshold, spikesThreshold, noiseLikeThreshold
    case gaborLikeThreshold, gaborLikeStrictThreshold
  }

  public func encode(to encoder: any Encoder) throws {
    let thresholds = filters.activity.thresholds
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(latents, forKey: .latents)
    try object.encode(activeFilters, forKey: .activeFilters)
    try object.encode(activeUnits, forKey: .activeUnits)
    try object.encode(activeUnitsScaleFree, forKey: .activeUnitsScaleFree)
    try object.encode(klActive, forKey: .klActive)
    try object.encode(filters.activity.divergenceFloor, forKey: .klFloor)
    try object.encode(informative, forKey: .informative)
    try object.encode(strong, forKey: .strong)
    try object.encode(spikes, forKey: .spikes)
    try object.encode(noiseLike, forKey: .noiseLike)
    try object.encode(filters.noiseFalsePositiveRate, forKey: .noiseFalsePositiveRate)
    try object.encode(gaborLike, forKey: .gaborLike)
    try object.encode(gaborLikeStrict, forKey: .gaborLikeStrict)
    try object.encode(thresholds.activeUnits, forKey: .activeUnitsThreshold)
    try object.encode(thresholds.activeUnitsScaleFree, forKey: .activeUnitsScaleFreeThreshold)
    try object.encode(thresholds.klActive, forKey: .klActiveThreshold)
    try object.encode(thresholds.informative, forKey: .informativeThreshold)
    try object.encode(thresholds.strong, forKey: .strongThreshold)
    try object.encode(thresholds.spikes, forKey: .spikesThreshold)
    try object.encode(filters.occupancyThreshold, forKey: .noiseLikeThreshold)
    try object.encode(thresholds.gaborLike, forKey: .gaborLikeThreshold)
    try object.encode(thresholds.gaborLikeStrict, forKey: .gaborLikeStrictThreshold)
  }
}
