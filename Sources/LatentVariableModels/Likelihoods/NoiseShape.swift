/// Which variances the Gaussian likelihood's noise has.
public enum NoiseShape: String, Codable, CaseIterable, Sendable {
  /// One, σ².
  case isotropic
  /// One for each principal direction of the training patches.
  case perDirection = "per-direction"
}
