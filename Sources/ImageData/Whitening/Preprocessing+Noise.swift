import Compute

extension Preprocessing {
  /// The covariance that white noise of variance 1 on an image's pixels has in treated patches,
  /// `[D, D]` row-major.
  public func noiseCovariance() -> [Double] {
    let n = pixels
    var covariance = [Double](repeating: 0, count: n * n)
    if whitening == .olshausenField {
      covariance = OlshausenFieldFilter(cutoff: cutoff).noiseCovariance(of: patch)
    } else {
      for k in 0..<n { covariance[k * n + k] = 1 }
    }
    if removesPatchMean { Self.centre(&covariance, n) }
    if let components {
      covariance = Self.transformed(covariance, by: components.whiteningMatrix(whitening))
    }
    let factor = Double(scale) * Double(scale)
    return covariance.map { $0 * factor }
  }

  /// HCH with H = I − 11ᵀ/n: the covariance once each patch's mean is removed.
  private static func centre(_ covariance: inout [Double], _ n: Int) {
    for _ in 0..<2 {
      // Rows, then, transposed, columns.
      for row in 0..<n {
        let mean = covariance[row * n..<(row + 1) * n].reduce(0, +) / Double(n)
        for column in 0..<n { covariance[row * n + column] -= mean }
      }
      for row in 0..<n {
        for column in 0..<row { covariance.swapAt(row * n + column, column * n + row) }
      }
    }
  }

  /// WCWᵀ
  private static func transformed(_ covariance: [Double], by matrix: Matrix) -> [Double] {
    let n = matrix.rows
    let middle = Matrix(rows: n, columns: n, elements: covariance.map { Float($0) })
    let product = LinearAlgebra.product(
      LinearAlgebra.product(matrix, middle), matrix, transposeB: true)
    return product.elements.map { Double($0) }
  }
}
