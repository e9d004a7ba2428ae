/// The axis of an array that looks like the colours of its pictures.
struct ColourAxis {
  /// "the last axis"
  let name: String
  /// How the array becomes luminance, in the language of those who write the format.
  let conversion: String

  /// Pictures are at least that high and wide.
  private static let smallestSide = 16

  /// The axes of three or four that can be colours, the likeliest first.
  static func places(_ header: ArrayHeader, _ shape: [Int]) -> [Int] {
    let candidates =
      switch shape.count {
      // [height, width, colours], or [colours, height, width].
      case 3: [2, 0]
      // [N, height, width, colours], [N, colours, height, width], [height, width, colours, N].
      case 4: header.imageAxis == .last ? [2, 3, 1] : [3, 1, 2]
      default: [Int]()
      }
    return candidates.filter { axis in
      (3...4).contains(shape[axis])
        && (shape.count == 4
          || shape.indices.allSatisfy { $0 == axis || shape[$0] >= smallestSide })
    }
  }

  /// - Parameter shape: three or four axes, none of length 1.
  /// - Returns: nil where no axis looks so.
  init?(_ header: ArrayHeader, _ shape: [Int]) {
    let isMATLAB = header.imageAxis == .last
    let last = shape.count - 1
    guard let axis = Self.places(header, shape).first else { return nil }
    name = axis == last ? "the last axis" : axis == 0 ? "the first axis" : "axis \(axis + 1)"
    let weights = "[0.2126, 0.7152, 0.0722]"
    if isMATLAB {
      let places = shape.indices.map { $0 == axis ? "1:3" : ":" }.joined(separator: ",")
      let ones = shape.indices.map { $0 == axis ? "3" : "1" }.joined(separator: ", ")
      conversion =
        "squeeze(sum(double(x(\(places))) .* reshape(\(weights), \(ones)), \(axis + 1)))"
    } else {
      let places = shape.indices.map { $0 == axis ? ":3" : ":" }.joined(separator: ", ")
      conversion = "numpy.tensordot(x[\(places)], \(weights), (\(axis), 0))"
    }
  }
}
