import Compute
import Testing

@Suite struct JacobiRotationsTests {
  /// A = Σ λ·v·vᵀ of random v: found again by LAPACK, and from their product.
  @Test func `eigenvalues and vectors are LAPACK's`() throws {
    let order = 23
    var random = RandomStream(seed: 3, purpose: .initialization)
    let rows = (0..<40 * order).map { _ in random.normal() }
    var matrix = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0..<order {
        matrix[row * order + column] = (0..<40).reduce(0) {
          $0 + rows[$1 * order + row] * rows[$1 * order + column]
        }
      }
    }
    let found = try #require(JacobiRotations.eigen(matrix, order: order))
    let expected = try #require(LinearAlgebra.symmetricEigen(matrix, order: order))
    for index in 0..<order {
      let other = order - 1 - index
      #expect(abs(found.values[index] / expected.values[other] - 1) < 1e-12)
      let product = (0..<order).reduce(0) {
        $0 + found.vectors[index * order + $1] * expected.vectors[other * order + $1]
      }
      #expect(abs(abs(product) - 1) < 1e-12)
    }
  }

  /// Of equal pixels, and of pixels that are always 0.
  @Test func `directions without variance are zero`() throws {
    let matrix: [Double] = [2, 2, 0, 2, 2, 0, 0, 0, 0]
    let found = try #require(JacobiRotations.eigen(matrix, order: 3))
    #expect(found.values.elementsEqual([4, 0, 0]) { abs($0 - $1) < 1e-12 })
    #expect(found.vectors[3...].allSatisfy { $0 == 0 })
    #expect(found.vectors[0] > 0.707 && found.vectors[1] > 0.707)
  }

  @Test func `what has no eigenvectors is told`() {
    #expect(JacobiRotations.eigen([1, .nan, .nan, 1], order: 2) == nil)
    #expect(JacobiRotations.eigen([0, 0, 0, 0], order: 2)?.values == [0, 0])
  }
}
