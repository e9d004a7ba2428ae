/// Eigenvectors to the same bits on every processor, which LAPACK's are not.
///
/// One-sided Jacobi rotations (Hestenes 1958): rows of a positive semidefinite C are rotated in pairs
/// until all are orthogonal; they are its eigenvectors then, each as long as its eigenvalue.
public enum JacobiRotations {
  /// Eigenvalues, descending, and eigenvectors, one a row, of a symmetric matrix without negative
  /// eigenvalues; of an eigenvalue of 0 the vector is 0.
  ///
  /// The first number of each vector that is larger than half of the largest is positive.
  ///
  /// - Parameter matrix: n·n elements.
  /// - Returns: nil where the matrix holds NaN or infinity, or rotations do not come to an end.
  public static func eigen(
    _ matrix: [Double], order n: Int
  ) -> (values: [Double], vectors: [Double])? {
    precondition(matrix.count == n * n, "\(matrix.count) elements for order \(n)")
    guard matrix.allSatisfy({ $0.isFinite }) else { return nil }
    var rows = matrix
    let isDone = rows.withUnsafeMutableBufferPointer { rows in
      (0..<60).contains { _ in !sweep(rows, order: n) }
    }
    guard isDone else { return nil }
    let lengths = (0..<n).map { row in
      rows[row * n..<(row + 1) * n].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let floor = (lengths.max() ?? 0) * smallest
    let order = (0..<n).sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    return (
      order.map { lengths[$0] > floor ? lengths[$0] : 0 },
      order.flatMap { row -> [Double] in
        let vector = rows[row * n..<(row + 1) * n]
        guard lengths[row] > floor else { return [Double](repeating: 0, count: n) }
        let half = vector.reduce(0) { max($0, abs($1)) } / 2
        let sign: Double = (vector.first { abs($0) > half } ?? 1) < 0 ? -1 : 1
        return vector.map { sign * $0 / lengths[row] }
      }
    )
  }

  /// Eigenvalues below this share of the largest are rounding.
  private static let smallest = 1e-12
  /// Cosine of two rows that count as orthogonal.
  private static let orthogonal = 1e-14

  /// Rotates every pair of rows that are not orthogonal; whether there was one.
  private static func sweep(_ rows: UnsafeMutableBufferPointer<Double>, order n: Int) -> Bool {
    guard let base = rows.baseAddress else { return false }
    var powers = (0..<n).map { dot(base + $0 * n, base + $0 * n, n) }
    let floor = (powers.max() ?? 0) * smallest * smallest
    var isRotated = false
    for i in 0..<n {
      for j in i + 1..<max(n, i + 1) where min(powers[i], powers[j]) > floor {
        let (first, second) = (base + i * n, base + j * n)
        let product = dot(first, second, n)
        guard abs(product) > orthogonal * (powers[i] * powers[j]).squareRoot() else { continue }
        isRotated = true
        let ratio = (powers[j] - powers[i]) / (2 * product)
        let tangent =
          (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = cosine * tangent
        for column in 0..<n {
          let (a, b) = (first[column], second[column])
          first[column] = cosine * a - sine * b
          second[column] = sine * a + cosine * b
        }
        powers[i] = dot(first, first, n)
        powers[j] = dot(second, second, n)
      }
    }
    return isRotated
  }

  /// In eight sums, added up in one order.
  private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + 8 <= count {
      for lane in 0..<8 { sums[lane] += a[index + lane] * b[index + lane] }
      index += 8
    }
    while index < count {
      sums[0] += a[index] * b[index]
      index += 1
    }
    return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]
  }
}
