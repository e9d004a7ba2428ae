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
  /// The interval within what is possible or, of two measurements, which say little of their spread,
  /// the range of both; nil for one.
  public let interval: ClosedRange<Double>?
  /// How often such intervals cover the true mean.
  public let confidence: Double

  /// Summarises at least one value, all within `possible`.
  public init(
    of values: [Double], confidence: Double = 0.95,
    within possible: ClosedRange<Double> = -.infinity ... .infinity
  ) {
    precondition(!values.isEmpty, "the mean of no values")
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    count = values.count
    self.mean = mean
    self.confidence = confidence
    if values.count > 1 {
      let deviation = Double.sqrt(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
      standardDeviation = deviation
      let half =
        StudentT(degreesOfFreedom: n - 1).quantile((1 + confidence) / 2) * deviation / .sqrt(n)
      halfWidth = half
      let (least, greatest) = (values.min() ?? mean, values.max() ?? mean)
      interval =
        !(half.isFinite && mean.isFinite)
        ? nil
        : values.count == 2
          ? least...greatest
          : min(
            mean, max(mean - half, possible.lowerBound))...max(
              mean, min(mean + half, possible.upperBound))
    } else {
      standardDeviation = nil
      halfWidth = nil
      interval = nil
    }
  }
}
