import RealModule

/// Student's t-test of paired measurements: whether the mean difference is zero.
public struct PairedTTest: Hashable, Sendable, Codable {
  /// The differences, first − second, with their 95 % interval.
  public let difference: SampleSummary
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
    difference = SampleSummary(of: zip(first, second).map { $0 - $1 })
    let deviation = difference.standardDeviation ?? 0
    if deviation == 0 && difference.mean == 0 {
      (t, pValue, cohensD) = (nil, 1, nil)
    } else {
      let n = Double(first.count)
      let effect = difference.mean / deviation
      let statistic = effect * .sqrt(n)
      cohensD = effect
      t = statistic
      pValue = 2 * StudentT(degreesOfFreedom: n - 1).upperTail(abs(statistic))
    }
  }
}
