/// A picture in grey: 0 is black, 1 white, values beyond are clipped, NaN is middle grey.
public struct GreyImage: Hashable, Sendable {
  /// Pixels to a row.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// Pixels, row after row from the top.
  public let pixels: [Float]

  /// A picture of width × height `pixels`.
  public init(width: Int, height: Int, pixels: [Float]) {
    precondition(
      pixels.count == width * height && width > 0 && height > 0,
      "\(pixels.count) pixels for an image of \(width) × \(height)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Pixel `index` in 0 ... 255.
  func byte(_ index: Int) -> UInt8 {
    let value = pixels[index]
    return value.isNaN ? 128 : UInt8((min(max(value, 0), 1) * 255).rounded())
  }
}
