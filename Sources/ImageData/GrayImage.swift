/// Height and width of an image, in pixels.
public struct ImageSize: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Rows of pixels.
  public var height: Int
  /// Columns of pixels.
  public var width: Int

  /// A size of `height` rows and `width` columns.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Number of pixels.
  public var area: Int { height * width }

  /// "512 × 768"
  public var description: String { "\(height) × \(width)" }

  /// Smaller in area; of equal areas, lower.
  public static func < (left: ImageSize, right: ImageSize) -> Bool {
    (left.area, left.height) < (right.area, right.height)
  }
}

/// An image of luminance, `[height, width]`, row-major; as decoded, from 0, black, to 1, white.
public struct GrayImage: Hashable, Sendable {
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int
  /// The pixels, row after row; pixel (y, x) is `pixels[y * width + x]`.
  public var pixels: [Float]

  /// An image of `height` · `width` pixels, row after row.
  public init(height: Int, width: Int, pixels: [Float]) {
    precondition(
      pixels.count == height * width, "\(pixels.count) pixels for an image of \(height) × \(width)")
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  /// Height and width.
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// The pixel in row `y` and column `x`, both from 0.
  public subscript(y: Int, x: Int) -> Float {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }
}
