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

  @Test func `a row is a duplicate where it has an earlier row's direction, of either sign`() {
    let rows = Matrix(
      rows: 5, columns: 3, elements: [1, 2, 0, 0, 0, 1, -2, -4, 0, 0, 0.1, 1, 0, 0, 0])
    #expect(rows.isDuplicate(above: 0.99) == [false, false, true, true, false])
    #expect(rows.isDuplicate(above: 0.999) == [false, false, true, false, false])
  }
}
