import RealModule

/// How the learning rate goes from its start to its end over the run.
public enum LearningRateSchedule: String, Codable, CaseIterable, Sendable {
  /// The rate stays as it is.
  case constant
  /// α·r^u after the share u of all steps, r being the final ratio.
  case exponential
  /// α·(r + (1 − r)·(1 + cos πu)/2)
  case cosine

  /// The factor on the learning rate after the share `progress` of all steps.
  ///
  /// - Parameter finalRatio: r, the last rate over the first.
  public func factor(progress: Double, finalRatio: Double) -> Double {
    let u = min(max(progress, 0), 1)
    switch self {
    case .constant: return 1
    case .exponential: return u == 0 ? 1 : .pow(finalRatio, u)
    case .cosine: return finalRatio + (1 - finalRatio) * (1 + .cos(.pi * u)) / 2
    }
  }
}
