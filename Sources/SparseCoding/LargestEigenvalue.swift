import Compute
import RealModule

/// An upper bound of the largest eigenvalue of a symmetric positive semidefinite matrix, by
/// Lanczos' method: the Ritz value plus the norm of its residual.
///
/// - Parameters:
///   - matrix: `[order, stride]`, row-major.
///   - steps: dimension of the Krylov space; 32 bring dictionaries' bounds within 10⁻³.
/// - Returns: NaN where the matrix is not finite.
/// - Complexity: O(steps · order²)
func largestEigenvalue(
  of matrix: AlignedArray, order: Int, stride: Int, steps: Int = 32
) -> Float {
  if order == 0 { return 0 }
  let dimension = min(steps, order)
  var stream = RandomStream(seed: 0, purpose: .initialization)
  var basis = [normalized((0..<order).map { _ in stream.normal() })]
  var tridiagonal = [Double](repeating: 0, count: dimension * dimension)
  var size = 0
  var coupling = 0.0
  while size < dimension {
    let vector = basis[size]
    var image = product(matrix, vector, stride: stride)
    tridiagonal[size * dimension + size] = dot(image, vector)
    // Full orthogonalisation, twice: Lanczos' short recurrence loses it to rounding.
    for _ in 0..<2 {
      for other in basis {
        let overlap = dot(image, other)
        for i in 0..<order { image[i] -= overlap * other[i] }
      }
    }
    coupling = .sqrt(dot(image, image))
    size += 1
    if !(coupling > 1e-12 * tridiagonal[0]) || size == dimension { break }
    tridiagonal[size * dimension + size - 1] = coupling
    tridiagonal[(size - 1) * dimension + size] = coupling
    basis.append(image.map { $0 / coupling })
  }
  if !coupling.isFinite { return .nan }
  let block = (0..<size * size).map { tridiagonal[$0 / size * dimension + $0 % size] }
  guard let (values, vectors) = LinearAlgebra.symmetricEigen(block, order: size) else {
    return .nan
  }
  let residual = abs(coupling * vectors[size * size - 1])
  return Float(max(values[size - 1] + residual, 0) * (1 + 1e-6))
}

private func dot(_ x: [Double], _ y: [Double]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += x[i] * y[i] }
  return sum
}

private func normalized(_ x: [Double]) -> [Double] {
  let norm = Double.sqrt(dot(x, x))
  return x.map { $0 / norm }
}

private func product(_ matrix: AlignedArray, _ vector: [Double], stride: Int) -> [Double] {
  matrix.withUnsafeBuffer { elements in
    vector.indices.map { row in
      // Four sums, so that each addition need not wait for the one before.
      var sums = SIMD4<Double>()
      var column = 0
      while column + 4 <= vector.count {
        for lane in 0..<4 {
          sums[lane] += Double(elements[row * stride + column + lane]) * vector[column + lane]
        }
        column += 4
      }
      while column < vector.count {
        sums[0] += Double(elements[row * stride + column]) * vector[column]
        column += 1
      }
      return sums.sum()
    }
  }
}
