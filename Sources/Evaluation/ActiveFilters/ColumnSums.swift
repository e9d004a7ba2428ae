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
  /// Less the mean of its rows.
  var centred: Matrix {
    let mean = columnSums(of: self).map { Float($0 / Double(max(1, rows))) }
    var result = self
    for index in result.elements.indices { result.elements[index] -= mean[index % columns] }
    return result
  }

  /// The eigenvalues of the rows' covariance, ascending, and its eigenvectors, a row each; nil where LAPACK
  /// finds none; of rows with NaN or infinity they may be neither.
  var principalDirections: (variances: [Double], directions: Matrix)? {
    let centred = self.centred
    let scatter = LinearAlgebra.product(centred, centred, transposeA: true)
    return LinearAlgebra.symmetricEigen(
      scatter.elements.map { Double($0) / Double(rows) }, order: columns
    ).map { values, vectors in
      (values, Matrix(rows: columns, columns: columns, elements: vectors.map { Float($0) }))
    }
  }
}
