import Compute

extension Preprocessing {
  /// The covariance that white noise of variance 1 on an image's pixels has in treated patches,
  /// `[D, D]` row-major.
  public func noiseCovariance() -> [Double] {
    var covariance = channelNoiseCovariance
    if let colour {
      let n = pixels
      // The noise of one channel is independent of the others'.
      let (area, channel) = (n / channels, covariance)
      covariance = [Double](repeating: 0, count: n * n)
      for row in 0..<n {
        for column in row / area * area..<(row / area + 1) * area {
          covariance[row * n + column] = channel[row % area * area + column % area]
        }
      }
      if colour.components != nil {
        var unit = Matrix(rows: n, columns: n)
        for k in 0..<n { unit[k, k] = 1 }
        colour.apply(to: &unit)
        covariance = Self.transformed(covariance, by: unit.transposed)
      }
    }
    if let components {
      covariance = Self.transformed(covariance, by: components.whiteningMatrix(whitening))
    }
    let factor = Double(scale) * Double(scale)
    return covariance.map { $0 * factor }
  }

  /// That of one channel, before the patch is whitened.
  private var channelNoiseCovariance: [Double] {
    let n = patch.area
    var covariance = [Double](repeating: 0, count: n * n)
    if whitening == .olshausenField {
      covariance = OlshausenFieldFilter(cutoff: cutoff).noiseCovariance(of: patch)
    } else {
      for k in 0..<n { covariance[k * n + k] = 1 }
    }
    if removesPatchMean { Self.centre(&covariance, n) }
    return covariance
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
