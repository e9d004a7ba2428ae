/// A dense matrix of `Float`, row-major, in one flat array.
///
/// Rows are observations throughout the package: a set of patches is `[patches, pixels]`, codes are
/// `[patches, latents]`, and a dictionary Φ is `[latents, pixels]`, one filter a row.
public struct Matrix: Hashable, Sendable {
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  /// The elements, row after row; element (r, c) is `elements[r * columns + c]`.
  public var elements: [Float]

  /// A matrix with every element equal to `value`.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    precondition(rows >= 0 && columns >= 0, "matrix of \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    elements = [Float](repeating: value, count: rows * columns)
  }

  /// A matrix over given elements, row-major.
  public init(rows: Int, columns: Int, elements: [Float]) {
    precondition(
      elements.count == rows * columns,
      "\(elements.count) elements for a matrix of \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Element (row, column).
  public subscript(row: Int, column: Int) -> Float {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// Row `index`, as a slice that shares this matrix's memory.
  public func row(_ index: Int) -> ArraySlice<Float> {
    elements[index * columns..<(index + 1) * columns]
  }

  /// Adds `factor` · `vector` to every row.
  public mutating func addToRows(_ vector: [Float], times factor: Float = 1) {
    precondition(vector.count == columns, "\(vector.count) numbers for \(columns) columns")
    for row in 0..<rows {
      for column in 0..<columns { elements[row * columns + column] += factor * vector[column] }
    }
  }

  /// The rows named by `indices`, in that order.
  public func selectingRows(_ indices: some Sequence<Int>) -> Matrix {
    var selected: [Float] = []
    var count = 0
    for index in indices {
      selected.append(contentsOf: row(index))
      count += 1
    }
    return Matrix(rows: count, columns: columns, elements: selected)
  }

  /// Each row's sum of squares.
  public var rowEnergies: [Double] {
    (0..<rows).map { row($0).reduce(0.0) { $0 + Double($1) * Double($1) } }
  }

  /// Each row's L2 norm: ‖φₖ‖ of filters.
  public var rowNorms: [Double] { rowEnergies.map { $0.squareRoot() } }

  /// The rows at unit norm; rows that are zero, or not finite, as zeros.
  public var unitRows: Matrix {
    var result = self
    for (row, norm) in rowNorms.enumerated() {
      for column in 0..<columns {
        result[row, column] =
          norm > 0 && norm.isFinite ? Float(Double(self[row, column]) / norm) : 0
      }
    }
    return result
  }

  /// Whether each row's |cosine| with an earlier row exceeds `similarity`.
  public func isDuplicate(above similarity: Double) -> [Bool] {
    let products = LinearAlgebra.product(self, self, transposeB: true)
    var result = [Bool](repeating: false, count: rows)
    for row in LinearAlgebra.duplicates(
      rows, limit: Float(similarity * similarity), products: { products[$0, $1] })
    {
      result[row] = true
    }
    return result
  }

  /// The transpose, `[columns, rows]`.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for r in 0..<rows {
      for c in 0..<columns { result[c, r] = self[r, c] }
    }
    return result
  }
}

extension LinearAlgebra {
  /// Which of some vectors have a |cosine| with an earlier one whose square exceeds `limit`, from
  /// their inner products.
  package static func duplicates(
    _ count: Int, limit: Float, products: (Int, Int) -> Float
  ) -> [Int] {
    (0..<count).filter { i in
      (0..<i).contains { j in
        products(i, j) * products(i, j) > limit * products(i, i) * products(j, j)
      }
    }
  }
}
