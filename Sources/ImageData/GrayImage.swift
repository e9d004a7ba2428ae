/// Height and width of an image, in pixels.
public struct ImageSize: Hashable, Sendable, Comparable, CustomStringConvertible {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Number of pixels.
  public var area: Int { height * width }

  public var description: String { "\(height) × \(width)" }

  /// Smaller in area; of equal areas, lower.
  public static func < (left: ImageSize, right: ImageSize) -> Bool {
    (left.area, left.height) < (right.area, right.height)
  }
}

/// An image of luminance, `[height, width]`, row-major; as decoded, from 0, black, to 1, white.
public struct GrayImage: Hashable, Sendable {
  public let height: Int
  public let width: Int
  /// The pixels, row after row; pixel (y, x) is `pixels[y * width + x]`.
  public var pixels: [Float]

  public init(height: Int, width: Int, pixels: [Float]) {
    precondition(
      pixels.count == height * width, "\(pixels.count) pixels for an image of \(height) × \(width)")
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  public var size: ImageSize { ImageSize(height: height, width: width) }

  public subscript(y: Int, x: Int) -> Float {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }
}
