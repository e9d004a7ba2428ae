import Compute

/// How codes of a batch change the dictionary. The value is the settings.
public protocol DictionaryRule: Sendable {
  /// Changes `state.dictionary`, and whatever else of the state is the rule's own.
  func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam)
}

/// A batch of patches and their codes under the present dictionary.
public struct CodedBatch: Sendable {
  /// x, `[patches, pixels]`
  public let patches: Matrix
  /// z, `[patches, atoms]`
  public let codes: Matrix
  /// x − Φᵀz, `[patches, pixels]`
  public let residuals: Matrix
  /// The share of the planned updates that is done, 0 … 1: what rates decay along.
  public let progress: Float

  /// zᵀ·matrix, `[atoms, matrix.columns]`: sums over the patches.
  ///
  /// Panels of rows are divided among the threads, each computed alike wherever it falls.
  public func correlation(with matrix: Matrix, team: ThreadTeam) -> Matrix {
    let atoms = codes.columns
    let columns = matrix.columns
    var result = Matrix(rows: atoms, columns: columns)
    codes.elements.withUnsafeBufferPointer { z in
      matrix.elements.withUnsafeBufferPointer { x in
        result.elements.withUnsafeMutableBufferPointer { y in
          guard let z = z.baseAddress, let x = x.baseAddress, let y = y.baseAddress else { return }
          nonisolated(unsafe) let output = y
          team.forEach((atoms + rowsPerPanel - 1) / rowsPerPanel) { panel in
            let first = panel * rowsPerPanel
            LinearAlgebra.multiply(
              rows: min(rowsPerPanel, atoms - first), columns: columns, inner: matrix.rows,
              z + first, strideA: atoms, transposeA: true, x, strideB: columns,
              output + first * columns, strideC: columns)
          }
        }
      }
    }
    return result
  }
}

private let rowsPerPanel = 64
