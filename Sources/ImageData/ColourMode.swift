/// Whether images are of one channel or of three.
public enum ColourMode: String, CaseIterable, Codable, Hashable, Sendable {
  /// Luminance; colours become grey.
  case grey
  /// Red, green and blue; what is grey has the same values in all three.
  case rgb

  /// Number of channels.
  public var channels: Int { self == .grey ? 1 : 3 }
}

extension KeyedDecodingContainer {
  /// Configurations of a time when there was no such choice are of grey images.
  func decode(_ type: ColourMode.Type, forKey key: Key) throws -> ColourMode {
    try decodeIfPresent(type, forKey: key) ?? .grey
  }
}

/// What the samples of pictures become.
struct PixelForm: Hashable, Sendable {
  var colour = ColourMode.grey
  var luminance = Luminance.gamma

  /// The image of `size.area` pixels of `channels` sRGB samples each: 1 (grey), 2 (grey, alpha), 3
  /// (colour) or 4 (colour, alpha); alpha is passed over.
  func image<Sample: FixedWidthInteger & UnsignedInteger>(
    _ size: ImageSize, _ samples: [Sample], channels: Int
  ) -> RasterImage {
    switch colour {
    case .grey:
      return RasterImage(
        height: size.height, width: size.width,
        pixels: luminance.pixels(samples, count: size.area, channels: channels))
    case .rgb:
      let planes = (0..<3).flatMap { plane in
        luminance.values(
          samples, count: size.area, channels: channels, at: channels >= 3 ? plane : 0)
      }
      return RasterImage(height: size.height, width: size.width, channels: 3, pixels: planes)
    }
  }

  /// The image of planes of values that need no conversion: one (grey) or three (colour).
  func image(_ size: ImageSize, planes: [[Float]]) -> RasterImage {
    let isColour = planes.count == 3
    let pixels =
      switch colour {
      case .grey: isColour ? Luminance.weigh(planes[0], planes[1], planes[2]) : planes[0]
      case .rgb:
        isColour ? planes.flatMap { $0 } : Array([planes[0], planes[0], planes[0]].joined())
      }
    return RasterImage(
      height: size.height, width: size.width, channels: colour.channels, pixels: pixels)
  }
}
