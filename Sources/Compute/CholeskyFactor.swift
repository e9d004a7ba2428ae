import RealModule

#if canImport(Accelerate)
  import Accelerate
#else
  import CBLAS
#endif

/// L of A = L·Lᵀ, for a symmetric positive definite A, through LAPACK on the caller's thread.
public struct CholeskyFactor: Sendable {
  /// n, the rows and columns of A.
  public let order: Int
  /// L in the lower triangle, row-major.
  private let factor: [Double]

  /// Factorises A in O(n³).
  ///
  /// - Parameter matrix: A, n·n elements, row-major; only the lower triangle is read.
  /// - Returns: nil where A is not positive definite to rounding, or not finite.
  public init?(_ matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "\(matrix.count) elements for order \(order)")
    LinearAlgebra.configureOnce
    var factor = matrix
    var size = LinearAlgebra.BLASInt(order)
    var leading = max(size, 1)
    var info = LinearAlgebra.BLASInt(0)
    // LAPACK counts by columns: what is the lower triangle here is its upper one.
    dpotrf_("U", &size, &factor, &leading, &info)
    // What rounding leaves of a zero pivot, or a NaN, can pass for a positive one.
    let isPositive = (0..<order).map { $0 * (order + 1) }.allSatisfy { place in
      factor[place] * factor[place] > 1e-14 * matrix[place]
    }
    guard info == 0, isPositive else { return nil }
    (self.order, self.factor) = (order, factor)
  }

  /// log det A, in nats.
  public var logDeterminant: Double {
    (0..<order).reduce(0) { $0 + 2 * Double.log(factor[$1 * (order + 1)]) }
  }

  /// L⁻¹, row-major, with zeros above the diagonal; in O(n³).
  public var inverse: [Double] {
    var inverse = factor
    var size = LinearAlgebra.BLASInt(order)
    var leading = max(size, 1)
    var info = LinearAlgebra.BLASInt(0)
    dtrtri_("U", "N", &size, &inverse, &leading, &info)
    precondition(info == 0, "dtrtri refuses argument \(-info)")
    for row in 0..<order {
      for column in row + 1..<order { inverse[row * order + column] = 0 }
    }
    return inverse
  }

  /// Lᵀ·b of n numbers.
  public func transposed(_ vector: [Double]) -> [Double] {
    precondition(vector.count == order, "\(vector.count) numbers for order \(order)")
    var result = [Double](repeating: 0, count: order)
    for row in 0..<order {
      for column in 0...row { result[column] += factor[row * order + column] * vector[row] }
    }
    return result
  }

  /// b ← A⁻¹·b, in O(n²) for each b.
  ///
  /// - Parameter vectors: one or several b of n numbers, one after the other.
  public func solve(_ vectors: inout [Double]) {
    if order == 0 { return }
    precondition(
      vectors.count.isMultiple(of: order), "\(vectors.count) numbers for order \(order)")
    var size = LinearAlgebra.BLASInt(order)
    var leading = size
    var vectorsLeading = size
    var count = LinearAlgebra.BLASInt(vectors.count / order)
    var info = LinearAlgebra.BLASInt(0)
    dpotrs_("U", &size, &count, factor, &leading, &vectors, &vectorsLeading, &info)
    precondition(info == 0, "dpotrs refuses argument \(-info)")
  }
}
