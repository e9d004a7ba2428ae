import Compute
import RealModule

/// Moments of a set of patches, in Double.
public struct PatchStatistics: Hashable, Sendable {
  /// Mean of all pixels.
  public let pixelMean: Double
  /// Variance of all pixels around `pixelMean`.
  public let pixelVariance: Double
  /// The mean patch, `[D]`.
  public let meanPatch: [Double]
  /// ‖mean patch‖ / ‖standard deviation of each pixel‖: 0 for centred data.
  public let meanRatio: Double
  /// The variance of the pixels within each patch, `[patches]`.
  public let patchVariances: [Double]

  /// - Parameter patches: `[patches, D]`
  public init(of patches: Matrix) {
    let (rows, columns) = (patches.rows, patches.columns)
    var sums = [Double](repeating: 0, count: columns)
    var squares = [Double](repeating: 0, count: columns)
    var variances = [Double](repeating: 0, count: rows)
    patches.elements.withUnsafeBufferPointer { elements in
      for row in 0..<rows {
        var (sum, square) = (0.0, 0.0)
        for column in 0..<columns {
          let value = Double(elements[row * columns + column])
          sum += value
          square += value * value
          sums[column] += value
          squares[column] += value * value
        }
        let mean = sum / Double(columns)
        variances[row] = max(0, square / Double(columns) - mean * mean)
      }
    }
    let n = Double(max(rows, 1))
    let count = Double(max(rows * columns, 1))
    let mean = sums.reduce(0, +) / count
    pixelMean = mean
    pixelVariance = max(0, squares.reduce(0, +) / count - mean * mean)
    meanPatch = sums.map { $0 / n }
    let norm = meanPatch.reduce(0) { $0 + $1 * $1 }
    let spread = zip(squares, meanPatch).reduce(0) { $0 + max(0, $1.0 / n - $1.1 * $1.1) }
    meanRatio = spread > 0 ? .sqrt(norm / spread) : (norm > 0 ? .infinity : 0)
    patchVariances = variances
  }

  /// Mean over patches of the variance within a patch.
  public var meanPatchVariance: Double {
    patchVariances.reduce(0, +) / Double(max(patchVariances.count, 1))
  }

  /// The share of patches with less than a tenth of the mean variance.
  public var dullShare: Double {
    let threshold = 0.1 * meanPatchVariance
    let dull = patchVariances.count { $0 < threshold }
    return Double(dull) / Double(max(patchVariances.count, 1))
  }
}
