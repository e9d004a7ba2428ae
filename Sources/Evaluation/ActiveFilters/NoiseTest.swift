import Compute

/// Tells filters with structure from noise-like ones, with a stated rate of false positives.
///
/// The statistic is a filter's occupancy of the phase plane (`PhasePlane`), small for structure.
/// The null hypotheses are noise filters: white ones, and Gaussian ones with the data's own
/// covariance. The second is what a linear Gaussian model (probabilistic PCA) learns, whose filters
/// are determined up to a rotation only, and so what a decoder's filters look like where sparsity
/// does nothing. A filter is noise-like unless its occupancy is below the `falsePositiveRate`
/// quantile of either null.
///
/// With n noise filters and the k-th smallest of their occupancies as the quantile, a further noise
/// filter falls below with probability k/(n+1) exactly: 1 % for the defaults, whatever the
/// distribution.
public struct NoiseTest: Sendable {
  /// Occupancies at and above this are noise-like.
  public let threshold: Double
  /// The share of noise filters, of either kind, that is taken for structure: at most this.
  public let falsePositiveRate: Double
  private let plane: PhasePlane

  /// Draws noise filters and measures them.
  ///
  /// - Parameters:
  ///   - height: rows of a patch.
  ///   - width: columns of a patch.
  ///   - data: patches as the model sees them, `[patches, height·width]`; a few thousand serve.
  ///     Noise with their covariance is their sum with independent Gaussian weights. Nil leaves
  ///     white noise as the only null.
  ///   - falsePositiveRate: k/(noiseFilters + 1) for a whole k ≥ 1 is best; others round down.
  ///   - noiseFilters: how many are drawn for each null.
  public init(
    height: Int, width: Int, data: Matrix?,
    falsePositiveRate: Double = ActivityThresholds().noiseFalsePositiveRate,
    noiseFilters: Int = 999, seed: UInt64 = 0, team: ThreadTeam
  ) {
    let rank = Int((falsePositiveRate * Double(noiseFilters + 1) + 1e-9).rounded(.down))
    precondition(
      rank >= 1 && rank <= noiseFilters,
      "\(noiseFilters) noise filters cannot tell a rate of \(falsePositiveRate)")
    let plane = PhasePlane(height: height, width: width)
    var nulls = [whiteNoise(filters: noiseFilters, pixels: height * width, seed: seed)]
    if let data, data.rows > 1 {
      nulls.append(noise(like: data, filters: noiseFilters, seed: seed, team: team))
    }
    let quantiles = nulls.map { plane.occupancies(of: $0, team: team).sorted()[rank - 1] }
    threshold = quantiles.reduce(.infinity) { min($0, $1) }
    self.falsePositiveRate = falsePositiveRate
    self.plane = plane
  }

  /// The occupancies of filters `[latents, height·width]`, to be held against `threshold`.
  public func occupancies(of filters: Matrix, team: ThreadTeam) -> [Double] {
    plane.occupancies(of: filters, team: team)
  }
}

/// Filters of independent standard normal weights, `[filters, pixels]`.
public func whiteNoise(filters: Int, pixels: Int, seed: UInt64) -> Matrix {
  var noise = Matrix(rows: filters, columns: pixels)
  for row in 0..<filters {
    var stream = RandomStream(seed: seed, purpose: .evaluation, step: row)
    for column in 0..<pixels { noise[row, column] = Float(stream.normal()) }
  }
  return noise
}

/// Gaussian filters with the covariance of `data`: N^{−½}·Σₙ gₙ(xₙ − x̄) with standard normal g.
///
/// - Parameter data: `[patches, pixels]`.
/// - Returns: `[filters, pixels]`.
/// - Complexity: O(filters · patches · pixels)
public func noise(like data: Matrix, filters: Int, seed: UInt64, team: ThreadTeam) -> Matrix {
  var sums = [Double](repeating: 0, count: data.columns)
  for row in 0..<data.rows {
    for (column, pixel) in data.row(row).enumerated() { sums[column] += Double(pixel) }
  }
  let mean = sums.map { Float($0 / Double(data.rows)) }
  var centred = data
  for index in centred.elements.indices { centred.elements[index] -= mean[index % data.columns] }

  // Blocks of a size of their own, so that the sums do not depend on the number of threads.
  let block = 64
  let blocks = team.map((filters + block - 1) / block) { index in
    let rows = min(block, filters - index * block)
    var weights = whiteNoise(
      filters: rows, pixels: data.rows, seed: seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(index + 1))
    let scale = Float(1 / squareRoot(Double(data.rows)))
    for i in weights.elements.indices { weights.elements[i] *= scale }
    return LinearAlgebra.product(weights, centred)
  }
  return Matrix(rows: filters, columns: data.columns, elements: blocks.flatMap(\.elements))
}
