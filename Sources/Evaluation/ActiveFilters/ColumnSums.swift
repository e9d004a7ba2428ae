import Compute

/// Σ over rows of `transform`(element, column), for each column, in Double.
func columnSums(
  of matrix: Matrix, _ transform: (Double, Int) -> Double = { value, _ in value }
) -> [Double] {
  var sums = [Double](repeating: 0, count: matrix.columns)
  matrix.elements.withUnsafeBufferPointer { elements in
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        sums[column] += transform(Double(elements[row * matrix.columns + column]), column)
      }
    }
  }
  return sums
}

extension Matrix {
  /// The mean of its rows.
  var meanRow: [Float] { columnSums(of: self).map { Float($0 / Double(max(1, rows))) } }

  /// Less the mean of its rows.
  var centred: Matrix { centred(about: meanRow) }

  private func centred(about mean: [Float]) -> Matrix {
    var result = self
    for index in result.elements.indices { result.elements[index] -= mean[index % columns] }
    return result
  }

  /// The eigenvalues of the rows' covariance, ascending, and its eigenvectors, a row each; nil where
  /// LAPACK finds none; of rows with NaN or infinity they may be neither.
  ///
  /// Some thousand rows are copied at a time: there may be gigabytes of them.
  var principalDirections: (variances: [Double], directions: Matrix)? {
    let (mean, part) = (meanRow, 8192)
    var scatter = [Double](repeating: 0, count: columns * columns)
    for start in stride(from: 0, to: rows, by: part) {
      let centred = selectingRows(start..<min(start + part, rows)).centred(about: mean)
      let products = LinearAlgebra.product(centred, centred, transposeA: true)
      for (index, value) in products.elements.enumerated() { scatter[index] += Double(value) }
    }
    return LinearAlgebra.symmetricEigen(
      scatter.map { $0 / Double(rows) }, order: columns
    ).map { values, vectors in
      (values, Matrix(rows: columns, columns: columns, elements: vectors.map { Float($0) }))
    }
  }
}
