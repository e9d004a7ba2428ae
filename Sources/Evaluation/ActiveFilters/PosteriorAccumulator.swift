import Compute

extension PosteriorStatistics {
  /// Collects the statistics batch by batch, in Double.
  ///
  /// Means and sums of squared deviations are merged by the update of Chan, Golub & LeVeque 1983,
  /// which does not cancel. The result depends on how the observations are cut into batches and on
  /// their order, by rounding alone; keep both fixed for results equal to the bit.
  public struct Accumulator: Sendable {
    private var count = 0
    private var mean: [Double]
    private var squaredDeviations: [Double]
    private var varianceSum: [Double]
    private var divergenceSum: [Double]
    private var idleDivergenceSum: [Double]

    /// Sums over no patch yet.
    public init(latents: Int) {
      let zeros = [Double](repeating: 0, count: latents)
      (mean, squaredDeviations, varianceSum) = (zeros, zeros, zeros)
      (divergenceSum, idleDivergenceSum) = (zeros, zeros)
    }

    /// Adds a batch.
    ///
    /// - Parameters:
    ///   - means: μ, `[observations, latents]`.
    ///   - variances: τ² (for a Laplace posterior 2·scale²), same shape.
    ///   - divergences: KL per latent in nats, same shape.
    ///   - idleDivergences: KL at μ = 0 with the same τ, same shape.
    public mutating func add(
      means: Matrix, variances: Matrix, divergences: Matrix, idleDivergences: Matrix
    ) {
      for matrix in [means, variances, divergences, idleDivergences] {
        precondition(
          matrix.rows == means.rows && matrix.columns == mean.count,
          "\(matrix.rows) × \(matrix.columns) for \(means.rows) × \(mean.count)")
      }
      if means.rows == 0 { return }
      var batch = Accumulator(latents: mean.count)
      batch.count = means.rows
      batch.mean = columnSums(of: means).map { $0 / Double(means.rows) }
      batch.squaredDeviations = columnSums(of: means) { [centre = batch.mean] value, column in
        (value - centre[column]) * (value - centre[column])
      }
      batch.varianceSum = columnSums(of: variances)
      batch.divergenceSum = columnSums(of: divergences)
      batch.idleDivergenceSum = columnSums(of: idleDivergences)
      merge(batch)
    }

    /// Adds all that `other` has seen.
    public mutating func merge(_ other: Accumulator) {
      precondition(
        other.mean.count == mean.count, "\(other.mean.count) latents into \(mean.count)")
      if other.count == 0 { return }
      let total = Double(count + other.count)
      let share = Double(other.count) / total
      for k in mean.indices {
        let distance = other.mean[k] - mean[k]
        mean[k] += distance * share
        squaredDeviations[k] +=
          other.squaredDeviations[k] + distance * distance * share * Double(count)
        varianceSum[k] += other.varianceSum[k]
        divergenceSum[k] += other.divergenceSum[k]
        idleDivergenceSum[k] += other.idleDivergenceSum[k]
      }
      count += other.count
    }

    /// The statistics of what was added; at least one observation is needed.
    public var statistics: PosteriorStatistics {
      precondition(count > 0, "statistics of no observations")
      let n = Double(count)
      return PosteriorStatistics(
        observations: count, meanVariance: squaredDeviations.map { $0 / n },
        posteriorVariance: varianceSum.map { $0 / n }, divergence: divergenceSum.map { $0 / n },
        idleDivergence: idleDivergenceSum.map { $0 / n })
    }
  }
}
