import Compute
import RealModule
import Synchronization

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

  /// Filters of √pixels single pixels, scattered at random, with standard normal weights,
  /// `[filters, pixels]`.
  public static func scattered(filters: Int, pixels: Int, seed: UInt64) -> Matrix {
    let places = Int(Double.sqrt(Double(pixels)).rounded())
    var noise = Matrix(rows: filters, columns: pixels)
    for row in 0..<filters {
      var stream = RandomStream(seed: seed, purpose: .evaluation, step: row)
      for column in stream.permutation(of: pixels).prefix(places) {
        noise[row, column] = Float(stream.normal())
      }
    }
    return noise
  }

  /// Gaussian filters with the covariance of `data`: mixtures of its patches, less their mean.
  ///
  /// - Parameter data: `[patches, pixels]`.
  /// - Returns: `[filters, pixels]`.
  /// - Complexity: O(filters · patches · pixels)
  public static func resembling(
    _ data: Matrix, filters: Int, seed: UInt64, team: ThreadTeam,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) -> Matrix {
    mixtures(of: data.centred, count: filters, seed: seed, team: team, progress: progress)
  }

  /// Sums of all rows with random weights: N^{−½}·Σₙ gₙxₙ with standard normal g.
  ///
  /// - Parameter rows: `[rows, pixels]`.
  /// - Returns: `[count, pixels]`.
  /// - Complexity: O(count · rows · pixels)
  public static func mixtures(
    of rows: Matrix, count: Int, seed: UInt64, team: ThreadTeam,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) -> Matrix {
    let scale = Float(1 / .sqrt(Double(rows.rows)))
    // Blocks of a size of their own, so that the sums do not depend on the number of threads.
    let block = 64
    let drawn = Mutex(0)
    let blocks = team.map((count + block - 1) / block) { index in
      var weights = white(
        filters: min(block, count - index * block), pixels: rows.rows,
        seed: seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(index + 1))
      for index in weights.elements.indices { weights.elements[index] *= scale }
      drawn.withLock { drawn in
        drawn += weights.rows
        progress(drawn, count)
      }
      return LinearAlgebra.product(weights, rows)
    }
    return Matrix(rows: count, columns: rows.columns, elements: blocks.flatMap(\.elements))
  }
}
