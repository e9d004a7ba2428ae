import Foundation

/// Learning came to its end with numbers that are finite, but reconstructions are far worse than
/// none at all.
public struct LearningBlewUp: LearningDivergence, CustomStringConvertible {
  /// Of reconstructions of test patches, dB; 0 is that of empty ones.
  public let decibels: Double

  /// Far below what any start or any prior gives.
  private static let limit = -10.0

  /// Nil where the evaluation is of a usable model.
  init?(_ evaluation: FilterEvaluation) {
    let energies = evaluation.signalToNoise
    guard energies.signalEnergy > 0, !(energies.decibels >= Self.limit) else { return nil }
    decibels = energies.decibels
  }

  public var description: String {
    "training blew up: reconstructions of test patches are worse than none "
      + String(format: "(SNR %.1f dB); ", decibels).replacingOccurrences(of: "-", with: "−")
      + "the learning rate is probably too high: lower it, or clip the gradient's norm. No model was "
      + "written; metrics.csv and the checkpoints are kept"
  }
}
