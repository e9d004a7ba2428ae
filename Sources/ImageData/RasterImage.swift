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

/// An image of luminance, `[height, width]`, or of red, green and blue, `[3, height, width]`,
/// row-major; as decoded, from 0, black, to 1, white.
public struct RasterImage: Hashable, Sendable {
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int
  /// 1, luminance, or 3: red, green and blue.
  public let channels: Int
  /// The values, channel after channel, each row after row: of channel c, pixel (y, x) is
  /// `pixels[(c * height + y) * width + x]`.
  public var pixels: [Float]

  /// An image of `channels` · `height` · `width` values, channel after channel, row after row.
  public init(height: Int, width: Int, channels: Int = 1, pixels: [Float]) {
    precondition(
      pixels.count == channels * height * width,
      "\(pixels.count) values for \(channels) channels of \(height) × \(width) pixels")
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
  }

  /// One channel, as a grey image.
  public func channel(_ index: Int) -> RasterImage {
    let area = size.area
    return RasterImage(
      height: height, width: width, pixels: Array(pixels[index * area..<(index + 1) * area]))
  }

  /// Channels of one size as one image.
  public init(channels: [RasterImage]) {
    precondition(Set(channels.map(\.size)).count == 1, "channels of different sizes")
    self.init(
      height: channels[0].height, width: channels[0].width, channels: channels.count,
      pixels: channels.flatMap(\.pixels))
  }

  /// Each channel by itself through `transform`, which keeps its size.
  func mapChannels(_ transform: (RasterImage) -> RasterImage) -> RasterImage {
    channels == 1
      ? transform(self) : RasterImage(channels: (0..<channels).map { transform(channel($0)) })
  }

  /// Height and width.
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// The pixel in row `y` and column `x`, both from 0, of the first channel.
  public subscript(y: Int, x: Int) -> Float {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }
}
