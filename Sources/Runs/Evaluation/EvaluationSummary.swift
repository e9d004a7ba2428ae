import Evaluation

/// A model's evaluation as one flat object of numbers, the same for people, scripts and tables.
///
/// The names are a contract: `svae evaluate --json` prints them.
public struct EvaluationSummary: Codable, Hashable, Sendable {
  public var latents: Int
  public var patches: Int
  /// Nats per patch.
  public var elbo: Double
  public var negativeLogLikelihood: Double
  public var kl: Double
  public var snrDecibels: Double
  /// λ = σ²/s
  public var lambda: Double
  public var temperature: Double
  public var noiseScale: Double
  public var priorScale: Double
  public var activeFilters: Int
  public var activeUnits: Int
  public var activeUnitsThreshold: Double
  /// nil where the prior has no variance.
  public var activeUnitsScaleFree: Int?
  public var activeUnitsScaleFreeThreshold: Double
  public var klActive: Int
  public var klActiveThreshold: Double
  /// What a latent that says nothing would pay with the same posterior width, at most; nats.
  public var klActiveFloor: Double
  public var informative: Int
  public var informativeThreshold: Double
  public var strong: Int
  public var strongThreshold: Double
  public var spikes: Int
  public var spikesThreshold: Double
  public var duplicates: Int
  /// |cosine| with an earlier filter.
  public var duplicatesThreshold: Double
  public var noiseLike: Int
  /// The share of noise filters that the test takes for structure.
  public var noiseLikeThreshold: Double
  /// nil where no Gabor functions were fitted.
  public var gaborLike: Int?
  public var gaborLikeThreshold: Double
  public var gaborLikeStrict: Int?
  public var gaborLikeStrictThreshold: Double
  /// Median R² of the Gabor fits.
  public var gaborMedianRSquared: Double?
  /// Mean number of latents above a tenth of the codes' root mean square.
  public var l0: Double
  public var kurtosis: Double?
  public var hoyer: Double?

  public init(_ evaluation: ModelEvaluation) {
    let activity = evaluation.active.activity
    let thresholds = activity.thresholds
    let counts = ActiveFilterCounts(evaluation.active)
    latents = counts.latents
    patches = evaluation.patches
    elbo = -evaluation.negativeELBO
    negativeLogLikelihood = evaluation.negativeLogLikelihood
    kl = evaluation.divergence
    snrDecibels = evaluation.signalToNoise.decibels
    lambda = evaluation.model.sparsityWeight
    temperature = evaluation.temperature
    noiseScale = evaluation.model.noiseVariance.squareRoot()
    priorScale = evaluation.model.priorScale
    activeFilters = counts.activeFilters
    activeUnits = counts.activeUnits
    activeUnitsThreshold = thresholds.activeUnits
    activeUnitsScaleFree = counts.activeUnitsScaleFree
    activeUnitsScaleFreeThreshold = thresholds.activeUnitsScaleFree
    klActive = counts.klActive
    klActiveThreshold = thresholds.klActive
    klActiveFloor = activity.divergenceFloor
    informative = counts.informative
    informativeThreshold = thresholds.informative
    strong = counts.strong
    strongThreshold = thresholds.strong
    spikes = counts.spikes
    spikesThreshold = thresholds.spikes
    duplicates = counts.duplicates
    duplicatesThreshold = thresholds.duplicates
    noiseLike = counts.noiseLike
    noiseLikeThreshold = evaluation.active.noiseFalsePositiveRate
    gaborLike = counts.gaborLike
    gaborLikeThreshold = thresholds.gaborLike
    gaborLikeStrict = counts.gaborLikeStrict
    gaborLikeStrictThreshold = thresholds.gaborLikeStrict
    gaborMedianRSquared = evaluation.gaborFits.map { median(of: $0.map(\.rSquared)) }
    l0 = evaluation.sparsity.activeLatents
    kurtosis = evaluation.sparsity.excessKurtosis
    hoyer = evaluation.sparsity.hoyer
  }
}

func median(of values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  if sorted.isEmpty { return .nan }
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
