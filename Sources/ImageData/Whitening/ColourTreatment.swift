import Compute

/// How patches of three channels are treated beyond what is done to each channel.
///
/// Where whole images are whitened channel by channel, red, green and blue of a pixel still vary
/// together. They are whitened as ZCA does it, y = Wc for each pixel's three values c, which leaves
/// each channel as near to its colour as can be: filters can be looked at as they are.
public struct ColourTreatment: Codable, Hashable, Sendable {
  /// Of the three channels; nil where nothing is whitened, or PCA or ZCA whiten whole patches.
  public var components: PrincipalComponents?

  /// Whether the channels of any patch, `[N, 3·pixels]`, differ.
  static func areColours(_ patches: Matrix) -> Bool {
    let area = patches.columns / 3
    return (0..<patches.rows).contains { row in
      let values = patches.row(row)
      let first = values.prefix(area)
      return first != values.dropFirst(area).prefix(area) || first != values.suffix(area)
    }
  }

  /// Values of patches, `[N, 3·pixels]`, channel after channel, as pixels, `[N·pixels, 3]`.
  static func pixels(of patches: Matrix) -> Matrix {
    let transposed = (0..<patches.rows).flatMap { row in
      Matrix(rows: 3, columns: patches.columns / 3, elements: Array(patches.row(row)))
        .transposed.elements
    }
    return Matrix(rows: transposed.count / 3, columns: 3, elements: transposed)
  }

  /// Patches, `[N, pixels·3]`, whose channels lie side by side for each pixel, as `[N, 3·pixels]`.
  static func patches(ofPixels rows: Matrix) -> Matrix {
    Matrix(
      rows: rows.rows, columns: rows.columns,
      elements: (0..<rows.rows).flatMap { row in
        Matrix(rows: rows.columns / 3, columns: 3, elements: Array(rows.row(row)))
          .transposed.elements
      })
  }

  /// Whitens patches, `[N, 3·pixels]`, in place.
  func apply(to patches: inout Matrix) {
    if let components { Self.mix(&patches, components.whiteningMatrix(.zca)) }
  }

  /// Undoes `apply`.
  func undo(_ patches: inout Matrix) {
    if let components { Self.mix(&patches, components.inverseMatrix(.zca)) }
  }

  /// The variance of each channel where errors of variance 1, independent after `apply`, are taken
  /// back by `undo`.
  public var errorGains: [Double] {
    guard let components else { return [1, 1, 1] }
    let inverse = components.inverseMatrix(.zca)
    return (0..<3).map { inverse.row($0).reduce(0) { $0 + Double($1) * Double($1) } }
  }

  /// Each pixel's values c become Wc, with `weights` W of `[3, 3]`.
  private static func mix(_ patches: inout Matrix, _ weights: Matrix) {
    let area = patches.columns / 3
    let w = weights.elements
    for row in 0..<patches.rows {
      let start = row * patches.columns
      for pixel in start..<start + area {
        let (r, g, b) = (
          patches.elements[pixel], patches.elements[pixel + area],
          patches.elements[pixel + 2 * area]
        )
        for channel in 0..<3 {
          patches.elements[pixel + channel * area] =
            w[3 * channel] * r + w[3 * channel + 1] * g + w[3 * channel + 2] * b
        }
      }
    }
  }
}
