/// A picture in grey or in red, green and blue: 0 is black, 1 white, values beyond are clipped, NaN
/// is in the middle.
public struct PixelImage: Hashable, Sendable {
  /// Pixels to a row.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// Pixels, row after row from the top; in colour first all of red, then green, then blue.
  public let pixels: [Float]

  /// A picture of width × height `pixels`, or of three times as many values.
  public init(width: Int, height: Int, pixels: [Float]) {
    precondition(
      width > 0 && height > 0 && [1, 3].contains { $0 * width * height == pixels.count },
      "\(pixels.count) values for an image of \(width) × \(height)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A channel (0 is red, 1 green, 2 blue) of pixel `index` in 0 ... 255.
  func byte(_ index: Int, channel: Int) -> UInt8 {
    let area = width * height
    let value = pixels[pixels.count == area ? index : channel * area + index]
    return value.isNaN ? 128 : UInt8((min(max(value, 0), 1) * 255).rounded())
  }
}
