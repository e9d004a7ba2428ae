import Compute

/// The bars data: every patch is a sum of a few horizontal and vertical bars.
///
/// Földiák 1990. The true dictionary is known, up to order and sign.
struct Bars {
  /// `[2·size, size²]`, unit norm.
  let dictionary: Matrix
  /// `[patches, 2·size]`
  let codes: Matrix
  /// `[patches, size²]`
  let patches: Matrix

  /// - Parameters:
  ///   - active: the mean number of bars in a patch.
  ///   - nonnegative: bars of one sign only.
  init(
    size: Int, patches count: Int, active: Double, noise: Double = 0, nonnegative: Bool = false,
    seed: UInt64 = 1
  ) {
    var dictionary = Matrix(rows: 2 * size, columns: size * size)
    let height = 1 / Float(size).squareRoot()
    for bar in 0..<size {
      for along in 0..<size {
        dictionary[bar, bar * size + along] = height
        dictionary[size + bar, along * size + bar] = height
      }
    }
    var codes = Matrix(rows: count, columns: 2 * size)
    var stream = RandomStream(seed: seed, purpose: .evaluation)
    for index in codes.elements.indices where stream.uniform() < active / Double(2 * size) {
      let sign: Float = nonnegative || stream.uniform() < 0.5 ? 1 : -1
      codes.elements[index] = sign * Float(stream.uniform(3, 6))
    }
    var patches = LinearAlgebra.product(codes, dictionary)
    for index in patches.elements.indices {
      patches.elements[index] += Float(noise * stream.normal())
    }
    (self.dictionary, self.codes, self.patches) = (dictionary, codes, patches)
  }

  /// For each true filter, the largest |cosine| with a filter of `learned`.
  func recovery(in learned: Matrix) -> [Float] {
    let products = LinearAlgebra.product(dictionary, learned, transposeB: true)
    let norms = (0..<learned.rows).map { row in
      learned.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return (0..<dictionary.rows).map { bar in
      (0..<learned.rows).reduce(0) { max($0, abs(products[bar, $1]) / max(norms[$1], 1e-9)) }
    }
  }
}
