import RealModule

/// The mean of repeated measurements with a confidence interval, for a study over seeds.
public struct SampleSummary: Hashable, Sendable, Codable {
  /// Number of measurements, n.
  public let count: Int
  /// x̄.
  public let mean: Double
  /// s, with n − 1; nil for fewer than two measurements.
  public let standardDeviation: Double?
  /// The interval's half-width, t·s/√n with Student's t at n − 1 degrees of freedom; nil for fewer
  /// than two measurements.
  public let halfWidth: Double?
  /// How often such intervals cover the true mean.
  public let confidence: Double

  /// Summarises at least one value.
  public init(of values: [Double], confidence: Double = 0.95) {
    precondition(!values.isEmpty, "the mean of no values")
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    count = values.count
    self.mean = mean
    self.confidence = confidence
    if values.count > 1 {
      let deviation = Double.sqrt(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
      standardDeviation = deviation
      halfWidth =
        StudentT(degreesOfFreedom: n - 1).quantile((1 + confidence) / 2) * deviation
        / .sqrt(n)
    } else {
      standardDeviation = nil
      halfWidth = nil
    }
  }
}
