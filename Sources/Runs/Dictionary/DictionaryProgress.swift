import Foundation
import SparseCoding

/// What a run carries from update to update besides the dictionary: sums since the last row of
/// `metrics.csv`, and the time spent.
struct DictionaryProgress: Codable, Hashable {
  private(set) var count = 0
  private(set) var objective = 0.0
  private(set) var squaredError = 0.0
  private(set) var snrDecibels = 0.0
  private(set) var meanActive = 0.0
  private(set) var replaced = 0
  private(set) var dead = 0
  private(set) var duplicates = 0
  /// Seconds spent in all sessions before this one.
  var seconds = 0.0

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

  /// Begins the next row.
  mutating func startRow() {
    let seconds = seconds
    self = DictionaryProgress()
    self.seconds = seconds
  }
}

/// A row of a dictionary's `metrics.csv`.
public struct DictionaryRow: Sendable, Hashable {
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
  public let validationSnrDecibels: Double
  public let validationMeanActive: Double
  /// Atoms that were not used for 5000 patches.
  public let dead: Int
  /// Atoms nearly equal to an earlier one.
  public let duplicates: Int
  /// Atoms replaced since the last row.
  public let replaced: Int
  /// Smallest, mean and largest ‖φₖ‖.
  public let normLeast, normMean, normGreatest: Double
  public let seconds: Double

  init(
    _ progress: DictionaryProgress, _ state: DictionaryState, validation: DictionaryFit,
    seconds: Double
  ) {
    let count = Double(max(1, progress.count))
    update = state.step
    objective = progress.objective / count
    squaredError = progress.squaredError / count
    snrDecibels = progress.snrDecibels / count
    meanActive = progress.meanActive / count
    validationObjective = validation.objective
    validationSnrDecibels = validation.signalToNoise.decibels
    validationMeanActive = validation.meanActive
    dead = progress.dead
    duplicates = progress.duplicates
    replaced = progress.replaced
    let norms = (0..<state.atoms).map { Double(state.norm(of: $0)) }
    normLeast = norms.min() ?? 0
    normMean = norms.reduce(0, +) / Double(max(1, norms.count))
    normGreatest = norms.max() ?? 0
    self.seconds = seconds
  }

  /// Names and values, in the order of the columns.
  private static let columns: [(name: String, value: @Sendable (DictionaryRow) -> Double)] = [
    ("update", { Double($0.update) }),
    ("trainObjective", { $0.objective }),
    ("trainSquaredError", { $0.squaredError }),
    ("trainSnrDecibels", { $0.snrDecibels }),
    ("trainL0", { $0.meanActive }),
    ("validationObjective", { $0.validationObjective }),
    ("validationSnrDecibels", { $0.validationSnrDecibels }),
    ("validationL0", { $0.validationMeanActive }),
    ("dead", { Double($0.dead) }),
    ("duplicates", { Double($0.duplicates) }),
    ("replaced", { Double($0.replaced) }),
    ("normLeast", { $0.normLeast }),
    ("normMean", { $0.normMean }),
    ("normGreatest", { $0.normGreatest }),
    ("seconds", { $0.seconds }),
  ]

  static var header: String { columns.map(\.name).joined(separator: ",") }

  var line: String {
    Self.columns.map { MetricsTable.text($0.value(self)) }.joined(separator: ",")
  }

  /// Heads the lines of `tableLine`.
  public static let tableHeader =
    "update   objective   validation   SNR dB      L0   dead   duplicates   replaced   seconds"

  /// The row as a line of a table.
  public var tableLine: String {
    String(
      format: "%6d %11.3f %12.3f %8.2f %7.2f %6d %12d %10d %9.1f", update, objective,
      validationObjective, validationSnrDecibels, validationMeanActive, dead, duplicates, replaced,
      seconds)
  }
}
