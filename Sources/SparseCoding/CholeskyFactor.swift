import RealModule

/// L of A = L·Lᵀ, for a symmetric positive definite A.
struct CholeskyFactor {
  private let order: Int
  /// L, lower triangle, row-major.
  private var lower: [Double]

  /// - Parameter matrix: A, `order`² elements, of which the lower triangle is read.
  /// - Returns: nil where A is not positive definite.
  init?(_ matrix: [Double], order: Int) {
    self.order = order
    lower = matrix
    for row in 0..<order {
      for column in 0...row {
        var sum = lower[row * order + column]
        for k in 0..<column { sum -= lower[row * order + k] * lower[column * order + k] }
        if row == column {
          guard sum > 0 else { return nil }
          lower[row * order + row] = .sqrt(sum)
        } else {
          lower[row * order + column] = sum / lower[column * order + column]
        }
      }
    }
  }

  /// b ← A⁻¹·b
  func solve(_ vector: inout [Double]) {
    for row in 0..<order {
      var sum = vector[row]
      for k in 0..<row { sum -= lower[row * order + k] * vector[k] }
      vector[row] = sum / lower[row * order + row]
    }
    for row in (0..<order).reversed() {
      let value = vector[row] / lower[row * order + row]
      vector[row] = value
      for k in 0..<row { vector[k] -= lower[row * order + k] * value }
    }
  }
}
