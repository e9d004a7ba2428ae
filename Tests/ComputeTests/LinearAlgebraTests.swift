import Compute
import Testing

@Suite struct LinearAlgebraTests {
  @Test func `products equal the definition with every combination of transposes`() {
    var stream = RandomStream(seed: 1, purpose: .initialization)
    func random(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(
        rows: rows, columns: columns,
        elements: (0..<rows * columns).map { _ in Float(stream.normal()) })
    }
    let a = random(5, 7)
    let b = random(7, 4)
    var expected = Matrix(rows: 5, columns: 4)
    for r in 0..<5 {
      for c in 0..<4 { expected[r, c] = (0..<7).reduce(0) { $0 + a[r, $1] * b[$1, c] } }
    }
    let products = [
      LinearAlgebra.product(a, b),
      LinearAlgebra.product(a.transposed, b, transposeA: true),
      LinearAlgebra.product(a, b.transposed, transposeB: true),
      LinearAlgebra.product(a.transposed, b.transposed, transposeA: true, transposeB: true),
    ]
    for product in products {
      #expect(zip(product.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func `eigenvectors diagonalise a symmetric matrix`() throws {
    let matrix: [Double] = [4, 1, 0, 1, 3, 1, 0, 1, 2]
    let (values, vectors) = try #require(LinearAlgebra.symmetricEigen(matrix, order: 3))
    for (k, value) in values.enumerated() {
      for r in 0..<3 {
        let image = (0..<3).reduce(0.0) { $0 + matrix[r * 3 + $1] * vectors[k * 3 + $1] }
        #expect(abs(image - value * vectors[k * 3 + r]) < 1e-12)
      }
    }
    #expect(values == values.sorted())
  }

  @Test(arguments: [1, 2, 9, 40]) func `A times the solution is the right side`(order: Int) throws {
    var stream = RandomStream(seed: 2, purpose: .initialization)
    let rows = (0..<order * (order + 3)).map { _ in stream.normal() }
    let a = rows.withUnsafeBufferPointer { LinearAlgebra.gram($0, rows: order) }
    for i in 0..<order {
      for j in 0..<order {
        let product = (0..<order + 3).reduce(0.0) {
          $0 + rows[i * (order + 3) + $1] * rows[j * (order + 3) + $1]
        }
        #expect(abs(a[i * order + j] - product) < 1e-12)
      }
    }
    // Only the lower triangle is read.
    var lower = a
    for i in 0..<order { for j in i + 1..<order { lower[i * order + j] = .nan } }
    let factor = try #require(CholeskyFactor(lower, order: order))
    let right = (0..<3 * order).map { _ in stream.normal() }
    var solutions = right
    factor.solve(&solutions)
    for side in 0..<3 {
      for i in 0..<order {
        let image = (0..<order).reduce(0.0) {
          $0 + a[i * order + $1] * solutions[side * order + $1]
        }
        #expect(abs(image - right[side * order + i]) < 1e-8)
      }
    }
  }

  @Test func `only positive definite matrices have a Cholesky factor`() throws {
    let diagonal = try #require(CholeskyFactor([2, 0, 0, 3], order: 2))
    #expect(abs(diagonal.logDeterminant - 1.791_759_469_228_055) < 1e-15)
    #expect(CholeskyFactor([1, 1, 1, 1], order: 2) == nil)
    #expect(CholeskyFactor([], order: 0) != nil)
    #expect(CholeskyFactor([1, 2, 2, 1], order: 2) == nil)
    #expect(CholeskyFactor([0], order: 1) == nil)
    #expect(CholeskyFactor([.nan], order: 1) == nil)
    #expect(CholeskyFactor([1, 0, .nan, 1], order: 2) == nil)
  }

  @Test func `a row is a duplicate where it has an earlier row's direction, of either sign`() {
    let rows = Matrix(
      rows: 5, columns: 3, elements: [1, 2, 0, 0, 0, 1, -2, -4, 0, 0, 0.1, 1, 0, 0, 0])
    #expect(rows.isDuplicate(above: 0.99) == [false, false, true, true, false])
    #expect(rows.isDuplicate(above: 0.999) == [false, false, true, false, false])
  }
}
