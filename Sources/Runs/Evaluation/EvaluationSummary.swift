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
  public var noiseLike: Int
  public var noiseLikeThreshold: Double
  /// nil where no Gabor functions were fitted.
  public var gaborLike: Int?
  public var gaborLikeThreshold: Double
  public var gaborLikeStrict: Int?
  public var gaborLikeStrictThreshold: Double
  /// Mean number of latents above a tenth of the codes' root mean square.
  public var l0: Double
  public var kurtosis: Double?
  public var hoyer: Double?

  public init(_ evaluation: ModelEvaluation) {
    let activity = evaluation.active.activity
    let thresholds = activity.thresholds
    latents = evaluation.active.latents
    patches = evaluation.patches
    elbo = -evaluation.negativeELBO
    negativeLogLikelihood = evaluation.negativeLogLikelihood
    kl = evaluation.divergence
    snrDecibels = evaluation.signalToNoise.decibels
    lambda = evaluation.model.sparsityWeight
    temperature = evaluation.temperature
    noiseScale = evaluation.model.noiseVariance.squareRoot()
    priorScale = evaluation.model.priorScale
    activeFilters = evaluation.active.count
    activeUnits = activity.activeUnits.count { $0 }
    activeUnitsThreshold = thresholds.activeUnits
    activeUnitsScaleFree = activity.activeUnitsScaleFree?.count { $0 }
    activeUnitsScaleFreeThreshold = thresholds.activeUnitsScaleFree
    klActive = activity.klActive.count { $0 }
    klActiveThreshold = thresholds.klActive
    klActiveFloor = activity.divergenceFloor
    informative = activity.informative.count { $0 }
    informativeThreshold = thresholds.informative
    strong = activity.strong.count { $0 }
    strongThreshold = thresholds.strong
    spikes = evaluation.active.spikes.count { $0 }
    spikesThreshold = thresholds.spikes
    noiseLike = evaluation.active.noiseLike.count { $0 }
    noiseLikeThreshold = evaluation.active.occupancyThreshold
    gaborLike = nil
    gaborLikeThreshold = thresholds.gaborLike
    gaborLikeStrict = nil
    gaborLikeStrictThreshold = thresholds.gaborLikeStrict
    l0 = evaluation.sparsity.activeLatents
    kurtosis = evaluation.sparsity.excessKurtosis
    hoyer = evaluation.sparsity.hoyer
  }
}
