#if canImport(Accelerate)
  import Accelerate
#else
  import CBLAS
#endif

/// Dense linear algebra through the system's BLAS and LAPACK, each call on the caller's thread.
public enum LinearAlgebra {
  /// C ← α·op(A)·op(B) + β·C, for row-major matrices given by their first element and row stride.
  ///
  /// - Parameters:
  ///   - rows: M, rows of op(A) and of C; op(X) is X or, where its flag says so, Xᵀ.
  ///   - columns: N, columns of op(B) and of C.
  ///   - inner: K, columns of op(A) and rows of op(B).
  package static func multiply(
    rows: Int, columns: Int, inner: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, strideA: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, strideB: Int, transposeB: Bool = false,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    if rows == 0 || columns == 0 { return }
    configureOnce
    cblas_sgemm(
      CblasRowMajor,
      transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans,
      BLASInt(rows), BLASInt(columns), BLASInt(inner), alpha, a, BLASInt(strideA), b,
      BLASInt(strideB), beta, c, BLASInt(strideC))
  }

  /// op(A)·op(B).
  public static func product(
    _ a: Matrix, _ b: Matrix, transposeA: Bool = false, transposeB: Bool = false
  ) -> Matrix {
    let (rows, inner) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (innerB, columns) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(inner == innerB, "inner dimensions \(inner) and \(innerB) differ")
    var c = Matrix(rows: rows, columns: columns)
    if inner == 0 { return c }
    multiply(
      rows: rows, columns: columns, inner: inner,
      a.elements, strideA: max(a.columns, 1), transposeA: transposeA,
      b.elements, strideB: max(b.columns, 1), transposeB: transposeB,
      &c.elements, strideC: max(columns, 1))
    return c
  }

  /// The inner products of a matrix's rows, A·Aᵀ, `[rows, rows]`, in Double.
  ///
  /// - Parameter matrix: A, row-major.
  package static func gram(_ matrix: UnsafeBufferPointer<Double>, rows: Int) -> [Double] {
    guard let elements = matrix.baseAddress, rows > 0 else { return [] }
    precondition(matrix.count % rows == 0, "\(matrix.count) elements in \(rows) rows")
    configureOnce
    let columns = matrix.count / rows
    var products = [Double](repeating: 0, count: rows * rows)
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasNoTrans, BLASInt(rows), BLASInt(columns), 1, elements,
      BLASInt(columns), 0, &products, BLASInt(rows))
    for row in 0..<rows {
      for column in row + 1..<rows {
        products[row * rows + column] = products[column * rows + row]
      }
    }
    return products
  }

  /// Eigenvalues, ascending, and eigenvectors, one a row, of a symmetric matrix in Double.
  ///
  /// - Parameter matrix: n·n elements, row-major; only one triangle is read.
  /// - Returns: nil where the iteration did not converge (the matrix holds NaN or Inf).
  public static func symmetricEigen(
    _ matrix: [Double], order n: Int
  ) -> (values: [Double], vectors: [Double])? {
    precondition(matrix.count == n * n, "\(matrix.count) elements for order \(n)")
    configureOnce
    var vectors = matrix
    var values = [Double](repeating: 0, count: n)
    var order = BLASInt(n)
    var leading = BLASInt(max(n, 1))
    var workSize = BLASInt(1 + 6 * n + 2 * n * n)
    var integerSize = BLASInt(3 + 5 * n)
    var work = [Double](repeating: 0, count: Int(workSize))
    var integerWork = [BLASInt](repeating: 0, count: Int(integerSize))
    var info = BLASInt(0)
    dsyevd_(
      "V", "U", &order, &vectors, &leading, &values, &work, &workSize, &integerWork, &integerSize,
      &info)
    return info == 0 ? (values, vectors) : nil
  }

  #if canImport(Accelerate)
    typealias BLASInt = __LAPACK_int
    static let configureOnce: Void = ()
    /// The library behind these functions.
    public static let library = "Accelerate"
  #else
    /// The library behind these functions.
    public static let library = String(cString: openblas_get_config())
    typealias BLASInt = Int32
    /// Threads are ours (`ThreadTeam`): the library must not start any.
    static let configureOnce: Void = openblas_set_num_threads(1)
  #endif
}
