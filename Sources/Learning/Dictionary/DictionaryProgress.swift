import Evaluation
import SparseCoding

/// What a run carries from update to update besides the dictionary: sums since the last row of
/// `metrics.csv`.
struct DictionaryProgress: Codable, Hashable {
  private(set) var count = 0
  private(set) var objective = 0.0
  private(set) var squaredError = 0.0
  private(set) var snrDecibels = 0.0
  private(set) var meanActive = 0.0
  private(set) var replaced = 0
  private(set) var dead = 0
  private(set) var duplicates = 0

  mutating func add(_ metrics: DictionaryMetrics) {
    count += 1
    objective += metrics.objective
    squaredError += metrics.squaredError
    snrDecibels += metrics.snrDecibels
    meanActive += metrics.meanActive
    replaced += metrics.replaced
    dead = metrics.dead
    duplicates = metrics.duplicates
  }
}

/// A row of a dictionary's `metrics.csv`.
public struct DictionaryRow: LearningEpoch, Hashable {
  public var number: Int { update }
  /// SNR of the validation patches' reconstructions, dB.
  public var validationSnrDecibels: Double { signalToNoise?.decibels ?? .nan }
  /// Updates done.
  public let update: Int
  /// ½‖x − Φᵀz‖² + λ‖z‖₁, mean over the batches since the last row.
  public let objective: Double
  /// ½‖x − Φᵀz‖², likewise.
  public let squaredError: Double
  /// In dB, likewise.
  public let snrDecibels: Double
  /// Nonzero codes of a patch, likewise.
  public let meanActive: Double
  /// On validation patches, with the dictionary after the update.
  public let validationObjective: Double
  /// Of the validation patches' reconstructions.
  public let signalToNoise: SignalToNoise?
  /// Mean number of nonzero codes of a validation patch, L0.
  public let validationMeanActive: Double
  /// Atoms that were not used for 5000 patches.
  public let dead: Int
  /// Atoms nearly equal to an earlier one.
  public let duplicates: Int
  /// Atoms replaced since the last row.
  public let replaced: Int
  /// Smallest, mean and largest ‖φₖ‖.
  public let normLeast, normMean, normGreatest: Double

  init(
    _ progress: DictionaryProgress, _ state: DictionaryState, validation: DictionaryFit
  ) {
    let count = Double(max(1, progress.count))
    update = state.step
    objective = progress.objective / count
    squaredError = progress.squaredError / count
    snrDecibels = progress.snrDecibels / count
    meanActive = progress.meanActive / count
    validationObjective = validation.objective
    signalToNoise = validation.signalToNoise
    validationMeanActive = validation.meanActive
    dead = progress.dead
    duplicates = progress.duplicates
    replaced = progress.replaced
    let norms = (0..<state.atoms).map { Double(state.norm(of: $0)) }
    normLeast = norms.min() ?? 0
    normMean = norms.reduce(0, +) / Double(max(1, norms.count))
    normGreatest = norms.max() ?? 0
  }
}
