import Compute

/// A number that is small for filters with structure and large for noise.
///
/// It shall not depend on a filter's scale or sign.
public protocol NoiseStatistic: Sendable {
  /// One number for each filter of `[latents, pixels]`.
  func values(of filters: Matrix, team: ThreadTeam) -> [Double]
}

extension PhasePlane: NoiseStatistic {
  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    occupancies(of: filters, team: team)
  }
}

/// 1 − the largest absolute cosine between a filter and any of some patches: 0 for a filter that is
/// one of them, as a prototype of a digit nearly is.
public struct Remoteness: NoiseStatistic {
  /// Patches of zero mean and unit norm, `[patches, pixels]`.
  private let patches: Matrix

  /// - Parameter data: patches as the model sees them, `[patches, pixels]`.
  public init(from data: Matrix) {
    patches = Self.normalized(data.centred)
  }

  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    let normalized = Self.normalized(filters)
    // Blocks of a size of their own, so that the sums do not depend on the number of threads.
    let block = 64
    return team.map((filters.rows + block - 1) / block) { index in
      let rows = index * block..<min((index + 1) * block, filters.rows)
      let cosines = LinearAlgebra.product(
        normalized.selectingRows(rows), patches, transposeB: true)
      return (0..<cosines.rows).map { row in
        1 - Double(cosines.row(row).reduce(0) { max($0, abs($1)) })
      }
    }.flatMap { $0 }
  }

  /// Rows scaled to unit norm; rows of zeros stay.
  private static func normalized(_ matrix: Matrix) -> Matrix {
    var result = matrix
    for row in 0..<matrix.rows {
      let power = matrix.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
      guard power > 0 else { continue }
      let factor = Float(1 / squareRoot(power))
      for column in 0..<matrix.columns { result[row, column] *= factor }
    }
    return result
  }
}
