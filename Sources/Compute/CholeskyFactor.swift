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
