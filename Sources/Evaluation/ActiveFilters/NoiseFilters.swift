import Compute

/// Filters of noise: what a filter looks like when there is nothing in it.
public enum NoiseFilters {
  /// Filters of independent standard normal weights, `[filters, pixels]`.
  public static func white(filters: Int, pixels: Int, seed: UInt64) -> Matrix {
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
  public static func resembling(
    _ data: Matrix, filters: Int, seed: UInt64, team: ThreadTeam
  ) -> Matrix {
    let mean = columnSums(of: data).map { Float($0 / Double(data.rows)) }
    let scale = Float(1 / squareRoot(Double(data.rows)))
    var centred = data
    for index in centred.elements.indices {
      centred.elements[index] = scale * (centred.elements[index] - mean[index % data.columns])
    }
    // Blocks of a size of their own, so that the sums do not depend on the number of threads.
    let block = 64
    let blocks = team.map((filters + block - 1) / block) { index in
      let weights = white(
        filters: min(block, filters - index * block), pixels: data.rows,
        seed: seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(index + 1))
      return LinearAlgebra.product(weights, centred)
    }
    return Matrix(rows: filters, columns: data.columns, elements: blocks.flatMap(\.elements))
  }
}
