import Compute
import RealModule

/// The principal components of training patches, and what each is divided by.
///
/// PCA: y = D⁻¹Ex; ZCA: y = EᵀD⁻¹Ex, with the eigenvectors of the covariance as rows of E and
/// D = diag √(λ + ε).
public struct PrincipalComponents: Codable, Hashable, Sendable {
  /// Number of pixels of a patch, D.
  public let pixels: Int
  /// E, `[D, D]` row-major, one component a row, of falling variance.
  public let components: [Float]
  /// √(λ + ε) of each component.
  public let deviations: [Float]

  /// Fits to patches whose mean has been removed.
  ///
  /// - Parameters:
  ///   - patches: `[patches, D]`
  ///   - epsilon: ε as a share of the mean eigenvalue.
  /// - Throws: where the patches hold NaN or infinity.
  init(of patches: Matrix, epsilon: Double) throws(ImageDataError) {
    let n = patches.columns
    let covariance = covarianceMatrix(of: patches)
    guard let eigen = LinearAlgebra.symmetricEigen(covariance, order: n) else {
      throw ImageDataError(
        "the covariance of the patches has no eigenvectors",
        remedy: "every pixel must be a finite number")
    }
    let floor = epsilon * eigen.values.reduce(0, +) / Double(n)
    pixels = n
    // LAPACK sorts by rising eigenvalues; rounding can leave the smallest just below zero.
    deviations = eigen.values.reversed().map { Float(Double.sqrt(max($0, 0) + floor)) }
    components = (0..<n).reversed().flatMap { k -> [Float] in
      eigen.vectors[k * n..<(k + 1) * n].map { Float($0) }
    }
  }

  /// The matrix W of y = Wx for `whitening` (PCA or ZCA), `[D, D]`.
  func whiteningMatrix(_ whitening: Whitening) -> Matrix {
    matrix(whitening) { 1 / $0 }
  }

  /// W⁻¹.
  func inverseMatrix(_ whitening: Whitening) -> Matrix {
    let inverse = matrix(whitening) { $0 }
    return whitening == .pca ? inverse.transposed : inverse
  }

  private func matrix(_ whitening: Whitening, _ weight: (Float) -> Float) -> Matrix {
    let basis = Matrix(rows: pixels, columns: pixels, elements: components)
    var weighted = basis
    for k in 0..<pixels {
      for index in k * pixels..<(k + 1) * pixels {
        weighted.elements[index] *= weight(deviations[k])
      }
    }
    return whitening == .pca
      ? weighted : LinearAlgebra.product(basis, weighted, transposeA: true)
  }
}

/// The covariance of patches with mean zero, Σxxᵀ/n, `[D, D]`, in Double: sums of a thousand rows
/// in single precision, these in double.
func covarianceMatrix(of patches: Matrix) -> [Double] {
  let n = patches.columns
  var sum = [Double](repeating: 0, count: n * n)
  var partial = [Float](repeating: 0, count: n * n)
  patches.elements.withUnsafeBufferPointer { elements in
    guard let base = elements.baseAddress else { return }
    for first in stride(from: 0, to: patches.rows, by: 1024) {
      let rows = base + first * n
      LinearAlgebra.multiply(
        rows: n, columns: n, inner: min(1024, patches.rows - first),
        rows, strideA: n, transposeA: true, rows, strideB: n, &partial, strideC: n)
      for index in sum.indices { sum[index] += Double(partial[index]) }
    }
  }
  return sum.map { $0 / Double(max(patches.rows, 1)) }
}
