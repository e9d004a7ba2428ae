import Compute

/// Two sets of filters matched one to one, so that the sum of their absolute cosines is greatest.
///
/// Signs are free: a filter and its negative do the same work with a symmetric prior.
public struct FilterMatching: Hashable, Sendable, Codable {
  /// Two filters that belong together.
  public struct Pair: Hashable, Sendable, Codable {
    /// Row in the first set.
    public let first: Int
    /// Row in the second set.
    public let second: Int
    /// ⟨φ, ψ⟩/(‖φ‖‖ψ‖), with its sign; 0 where a filter is zero.
    public let cosine: Double
  }

  /// The pairs, in the order of the first set; as many as the smaller set has filters.
  public let pairs: [Pair]

  /// The mean of |cosine| over the pairs: the stability of what was learned, between 0 and 1; nil
  /// where there are no pairs.
  public var meanSimilarity: Double? {
    pairs.isEmpty ? nil : pairs.reduce(0) { $0 + abs($1.cosine) } / Double(pairs.count)
  }

  /// Matches `[latents, pixels]` with `[other latents, pixels]`.
  public init(_ first: Matrix, _ second: Matrix) {
    precondition(
      first.columns == second.columns,
      "filters of \(first.columns) and of \(second.columns) pixels")
    let cosines = LinearAlgebra.product(first.unitRows, second.unitRows, transposeB: true)
    let assignment = Assignment(
      costs: cosines.elements.map { -abs(Double($0)) }, rows: first.rows, columns: second.rows)
    pairs = assignment.columns.enumerated().compactMap { row, column in
      column.map { Pair(first: row, second: $0, cosine: Double(cosines[row, $0])) }
    }
  }
}
