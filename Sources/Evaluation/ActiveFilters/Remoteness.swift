import Compute

/// 1 − the largest absolute cosine between a filter and any of some patches, both whitened: 0 for a
/// filter that is one of them, as a prototype of a digit nearly is.
///
/// Unwhitened, a random mixture of digits is nearly as like some digit as a learned one is: what all
/// digits share is most of either.
struct Remoteness {
  /// Whitened patches of unit norm, `[patches, pixels]`.
  private let patches: Matrix

  /// - Parameter data: patches as the model sees them, `[patches, pixels]`.
  init(from data: Matrix, _ whitening: SoftWhitening) {
    patches = whitening.whitened(data.centred).unitRows
  }

  /// That of whitened filters, `[filters, pixels]`.
  func values(of whitened: Matrix, team: ThreadTeam) -> [Double] {
    let filters = whitened.unitRows
    // Blocks of a size of their own, so that the sums do not depend on the number of threads.
    let block = 64
    return team.map((filters.rows + block - 1) / block) { index in
      let rows = index * block..<min((index + 1) * block, filters.rows)
      let cosines = LinearAlgebra.product(
        filters.selectingRows(rows), patches, transposeB: true)
      return (0..<cosines.rows).map { row in
        1 - Double(cosines.row(row).reduce(0) { max($0, abs($1)) })
      }
    }.flatMap { $0 }
  }
}
