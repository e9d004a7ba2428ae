import Compute
import RealModule

/// A Gaussian with the patches' mean and whole covariance: what a model of patches has to beat, for it
/// has neither latents nor sparseness.
///
/// Its noise is a sparse model's, σ²: with eigenvalues λ of the covariance the likeliest such Gaussian
/// has max(λ, σ²) (Tipping & Bishop 1999, probabilistic PCA). So nats are comparable, also where
/// whitening emptied directions.
public struct GaussianFloor: Sendable {
  /// The most pixels for which it is computed: beyond, the eigenvectors take minutes.
  public static let mostPixels = 1024

  private let mean: [Float]
  /// Eigenvalues, and eigenvectors as rows.
  private let variances: [Double]
  private let directions: Matrix

  /// Fits to patches as the model sees them, `[patches, pixels]`; nil for none, for those of more than
  /// `mostPixels`, and where one holds NaN or infinity.
  public init?(of patches: Matrix) {
    let pixels = patches.columns
    guard patches.rows > 0, pixels > 0, pixels <= Self.mostPixels else { return nil }
    guard let (values, vectors) = patches.principalDirections,
      values.allSatisfy({ $0.isFinite })
    else { return nil }
    mean = patches.meanRow
    (variances, directions) = (values, vectors)
  }

  /// −log p(x) in nats, mean over patches, `[patches, pixels]`.
  ///
  /// - Parameter noiseVariance: σ², the least variance of a direction.
  public func negativeLogLikelihood(of patches: Matrix, noiseVariance: Double) -> Double {
    precondition(
      patches.columns == mean.count, "patches of \(patches.columns) pixels, not \(mean.count)")
    var shifted = patches
    shifted.addToRows(mean.map { -$0 })
    let projected = LinearAlgebra.product(shifted, directions, transposeB: true)
    var powers = [Double](repeating: 0, count: mean.count)
    for row in 0..<projected.rows {
      for (direction, value) in projected.row(row).enumerated() {
        powers[direction] += Double(value) * Double(value)
      }
    }
    let count = Double(max(1, patches.rows))
    return zip(variances, powers).reduce(0) { sum, direction in
      let variance = max(direction.0, noiseVariance)
      return sum + (Double.log(2 * .pi * variance) + direction.1 / count / variance) / 2
    }
  }
}
