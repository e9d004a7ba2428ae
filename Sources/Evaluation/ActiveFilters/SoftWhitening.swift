import Compute
import RealModule

/// Takes most of the data's own spectrum out of filters: w ↦ (Σ + ε)^{−½}·w, with the data's
/// covariance Σ and ε three times its mean eigenvalue.
///
/// Without so large an ε, single pixels in a digit's empty margin would outweigh its strokes.
struct SoftWhitening {
  /// (Σ + ε)^{−½}, `[pixels, pixels]`.
  private let matrix: Matrix

  /// Fits to patches as the model sees them, `[patches, pixels]`; nil where they are all alike, or
  /// hold NaN or infinity.
  init?(data: Matrix) {
    let pixels = data.columns
    guard let (values, basis) = data.principalDirections else { return nil }
    let floor = 3 * values.reduce(0, +) / Double(pixels)
    guard floor > 0 else { return nil }
    let deviations = values.map { Float(Double.sqrt(max($0, 0) + floor)) }
    var weighted = basis
    for index in weighted.elements.indices {
      weighted.elements[index] /= deviations[index / pixels]
    }
    matrix = LinearAlgebra.product(basis, weighted, transposeA: true)
  }

  /// Rows of `[filters, pixels]`, whitened.
  func whitened(_ filters: Matrix) -> Matrix {
    LinearAlgebra.product(filters, matrix)
  }
}
