import Evaluation
import Foundation

/// Learning left the useful range with numbers that are finite: reconstructions are far worse than
/// none at all.
public struct LearningBlewUp: LearningDivergence, CustomStringConvertible {
  /// Of reconstructions, dB; 0 is that of empty ones.
  public let decibels: Double
  /// When it was seen: "epoch 3"; nil at the end.
  public let time: String?

  /// At the end, in dB: far below what any start or any prior gives.
  private static let limit = -10.0
  /// After an epoch: from here no run has come back, as it may from above.
  private static let epochLimit = -30.0

  /// Nil where the evaluation is of a usable model.
  init?(_ evaluation: FilterEvaluation) {
    self.init(evaluation.signalToNoise, below: Self.limit, time: nil)
  }

  /// Nil where learning may go on after an epoch.
  ///
  /// - Parameter unit: what epochs are called.
  init?(after epoch: some LearningEpoch, unit: String) {
    guard let energies = epoch.signalToNoise else { return nil }
    self.init(energies, below: Self.epochLimit, time: "\(unit) \(epoch.number)")
  }

  private init?(_ energies: SignalToNoise, below limit: Double, time: String?) {
    guard energies.signalEnergy > 0, !(energies.decibels >= limit) else { return nil }
    (decibels, self.time) = (energies.decibels, time)
  }

  public var description: String {
    let place = time.map { " in \($0)" } ?? ""
    let patches = time == nil ? "test" : "validation"
    return "training blew up\(place): reconstructions of \(patches) patches are worse than none "
      + String(format: "(SNR %.1f dB); ", decibels).replacingOccurrences(of: "-", with: "−")
      + "the learning rate is probably too high: lower it, or clip the gradient's norm"
  }
}
