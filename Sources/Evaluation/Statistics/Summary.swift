import Compute

/// The mean of repeated measurements with a confidence interval, for a study over seeds.
public struct Summary: Hashable, Sendable, Codable {
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
      let deviation = squareRoot(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
      standardDeviation = deviation
      halfWidth =
        StudentT(degreesOfFreedom: n - 1).quantile((1 + confidence) / 2) * deviation
        / squareRoot(n)
    } else {
      standardDeviation = nil
      halfWidth = nil
    }
  }
}

/// Student's t-test of paired measurements: whether the mean difference is zero.
public struct PairedTTest: Hashable, Sendable, Codable {
  /// The differences, first − second, with their 95 % interval.
  public let difference: Summary
  /// d̄/(s/√n); ±∞ where all differences are equal and not zero, nil where all are zero.
  public let t: Double?
  /// P(|T| ≥ |t|) at n − 1 degrees of freedom, two-sided; 1 where all differences are zero.
  public let pValue: Double
  /// Cohen's d_z = d̄/s, the effect in standard deviations of the differences.
  public let cohensD: Double?

  /// Compares at least two pairs; `first[i]` belongs to `second[i]`.
  public init(_ first: [Double], _ second: [Double]) {
    precondition(
      first.count == second.count && first.count > 1,
      "\(first.count) and \(second.count) measurements in pairs")
    difference = Summary(of: zip(first, second).map { $0 - $1 })
    let deviation = difference.standardDeviation ?? 0
    if deviation == 0 && difference.mean == 0 {
      (t, pValue, cohensD) = (nil, 1, nil)
    } else {
      let n = Double(first.count)
      let effect = difference.mean / deviation
      let statistic = effect * squareRoot(n)
      cohensD = effect
      t = statistic
      pValue = 2 * StudentT(degreesOfFreedom: n - 1).upperTail(abs(statistic))
    }
  }
}
