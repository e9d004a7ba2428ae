/// How many filters are active, by each definition; nil where one does not apply.
public struct ActiveFilterCounts: Hashable, Sendable {
  /// The verdicts that are counted.
  public let filters: ActiveFilters

  /// The counts of these filters.
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
  /// Filters that repeat an earlier one.
  public var duplicates: Int { count(filters.duplicates) }
  /// Filters not to be told from noise.
  public var noiseLike: Int { count(filters.noiseLike) }
  /// Filters with R² of a Gabor fit above its threshold; nil where none were fitted.
  public var gaborLike: Int? { filters.gaborLike.map(count) }
  /// The same with the strict threshold.
  public var gaborLikeStrict: Int? { filters.gaborLikeStrict.map(count) }

  private func count(_ verdicts: [Bool]) -> Int { verdicts.count { $0 } }
}
