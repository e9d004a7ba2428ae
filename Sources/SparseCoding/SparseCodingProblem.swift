import Compute

/// min over z of ½‖x − Φᵀz‖² + λ·Σₖ S(zₖ), for any number of patches x.
///
/// Made once for a dictionary: holds G = ΦΦᵀ, which all solvers use.
/// S is |z| for the solvers of the lasso; others state theirs.
public struct SparseCodingProblem: Sendable {
  /// Φ, `[atoms, pixels]`, one filter a row.
  public let dictionary: Matrix
  /// λ, the weight of the penalty against squared error.
  public let sparsity: Float
  /// Whether codes are restricted to z ≥ 0.
  public let isNonnegative: Bool
  /// Floats in a row of codes and of G: the atoms, rounded up to whole vectors.
  package let stride: Int
  /// G, `[atoms, stride]`, zero beyond the last atom.
  package let gram: AlignedArray
  /// Gₖₖ, then 1/Gₖₖ (0 for a zero filter), `stride` elements each.
  package let diagonals: AlignedArray
  private let cache = ProblemCache()

  /// - Parameters:
  ///   - dictionary: Φ, `[atoms, pixels]`; rows may have any norm.
  ///   - sparsity: λ ≥ 0.
  ///   - nonnegative: restricts codes to z ≥ 0.
  /// - Complexity: O(atoms² · pixels)
  public init(dictionary: Matrix, sparsity: Float, nonnegative: Bool = false) {
    precondition(sparsity >= 0, "sparsity λ = \(sparsity) is negative")
    self.dictionary = dictionary
    self.sparsity = sparsity
    isNonnegative = nonnegative
    let gram = gramMatrix(of: dictionary)
    stride = gram.stride
    let atoms = dictionary.rows
    self.gram = gram.elements
    var diagonals = AlignedArray(count: 2 * stride)
    for k in 0..<atoms {
      let square = gram.elements[k * stride + k]
      diagonals[k] = square
      diagonals[stride + k] = square > 0 ? 1 / square : 0
    }
    self.diagonals = diagonals
  }

  /// Number of atoms, K.
  public var atoms: Int { dictionary.rows }
  /// Number of pixels of a patch, D.
  public var pixels: Int { dictionary.columns }

  /// An upper bound of the largest eigenvalue of G, tight to 10⁻³: the Lipschitz constant of the
  /// gradient of ½‖x − Φᵀz‖². Computed when first asked for.
  public var lipschitzConstant: Float {
    cache.lipschitzConstant { largestEigenvalue(of: gram, order: atoms, stride: stride) }
  }

  /// (G + ρI)⁻¹, `[atoms, stride]`. Kept for the ρ last asked for.
  func regularizedInverse(_ rho: Float) -> AlignedArray {
    cache.inverse(rho) {
      var system = [Double](repeating: 0, count: atoms * atoms)
      for row in 0..<atoms {
        for column in 0..<atoms {
          system[row * atoms + column] = Double(gram[row * stride + column])
        }
        system[row * atoms + row] += Double(rho)
      }
      var inverse = AlignedArray(count: atoms * stride)
      guard let factor = CholeskyFactor(system, order: atoms) else { return inverse }
      var columns = [Double](repeating: 0, count: atoms * atoms)
      for atom in 0..<atoms { columns[atom * atoms + atom] = 1 }
      factor.solve(&columns)
      let elements = inverse.mutableBuffer()
      for row in 0..<atoms {
        for column in 0..<atoms {
          elements[row * stride + column] = Float(columns[row * atoms + column])
        }
      }
      return inverse
    }
  }

  /// The mean of ‖φₖ‖² over the filters; 1 where all are zero.
  var meanSquaredNorm: Float {
    let sum = (0..<atoms).reduce(0.0) { $0 + Double(diagonals[$1]) }
    return sum > 0 ? Float(sum / Double(atoms)) : 1
  }

  /// Patches of `pixels`, and as many codes of `atoms`.
  func requireShapes(_ patches: Matrix, _ codes: Matrix) {
    precondition(
      patches.columns == pixels && codes.columns == atoms && patches.rows == codes.rows,
      "patches \(patches.rows) × \(patches.columns), codes \(codes.rows) × \(codes.columns), "
        + "dictionary \(atoms) × \(pixels)")
  }

  /// ½‖x − Φᵀz‖² + λ‖z‖₁ of each patch, in Double throughout.
  ///
  /// - Parameters:
  ///   - patches: `[patches, pixels]`
  ///   - codes: `[patches, atoms]`
  public func objectives(patches: Matrix, codes: Matrix) -> [Double] {
    objectives(patches: patches, codes: codes) { abs($0) }
  }

  /// ½‖x − Φᵀz‖² + λ·Σ S(z) of each patch, in Double throughout.
  public func objectives(
    patches: Matrix, codes: Matrix, penalty: (Double) -> Double
  ) -> [Double] {
    requireShapes(patches, codes)
    var residual = [Double](repeating: 0, count: pixels)
    return (0..<patches.rows).map { row in
      for pixel in 0..<pixels { residual[pixel] = Double(patches[row, pixel]) }
      var penalties = 0.0
      for k in 0..<atoms {
        let z = Double(codes[row, k])
        penalties += penalty(z)
        if z == 0 { continue }
        for pixel in 0..<pixels { residual[pixel] -= z * Double(dictionary[k, pixel]) }
      }
      return residual.reduce(0) { $0 + $1 * $1 } / 2 + Double(sparsity) * penalties
    }
  }

  /// Calls `body` with this problem and a block's rows as the kernels take them.
  func withLasso(
    _ block: CodingBlock, _ body: (UnsafePointer<Lasso>, UnsafePointer<CodeRows>) -> Void
  ) {
    gram.withUnsafeBuffer { gram in
      diagonals.withUnsafeBuffer { diagonals in
        guard let gram = gram.baseAddress, let diagonal = diagonals.baseAddress else { return }
        var lasso = Lasso(
          gram: gram, inverse_diagonal: diagonal + stride, diagonal: diagonal, atoms: Int32(atoms),
          stride: Int32(stride), lambda: sparsity, nonnegative: isNonnegative ? 1 : 0)
        var rows = CodeRows(
          rows: Int32(block.rows), targets: block.targets.start, energies: block.energies.start,
          codes: block.codes.start, gaps: block.gaps.start, iterations: block.iterations.start)
        body(&lasso, &rows)
      }
    }
  }
}

/// ΦΦᵀ with rows rounded up to whole vectors, exactly symmetric.
private func gramMatrix(of dictionary: Matrix) -> (elements: AlignedArray, stride: Int) {
  let atoms = dictionary.rows
  let stride = (atoms + 15) / 16 * 16
  var gram = AlignedArray(count: atoms * stride)
  let target = gram.mutablePointer()
  dictionary.elements.withUnsafeBufferPointer { filters in
    guard let phi = filters.baseAddress else { return }
    LinearAlgebra.multiply(
      rows: atoms, columns: atoms, inner: dictionary.columns,
      phi, strideA: dictionary.columns, phi, strideB: dictionary.columns, transposeB: true,
      target, strideC: stride)
  }
  // GEMM's halves may differ in the last bit.
  for j in 0..<atoms {
    for k in 0..<j { target[j * stride + k] = target[k * stride + j] }
  }
  return (gram, stride)
}
