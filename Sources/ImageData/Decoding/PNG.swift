import CPNG

/// PNG of every kind: 1 to 16 bits, grey, colour, palette, with and without alpha, by libpng.
///
/// Samples without a colour tag are taken as sRGB. Transparent pixels lie on black.
public struct PNG: ImageFormat {
  public let name = "PNG"
  public let fileExtensions = ["png"]

  public init() {}

  public func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  public func size(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> ImageSize {
    var image = try begin(bytes)
    defer { png_image_free(&image) }
    return try size(image, compressed: bytes.count)
  }

  public func decode(
    _ bytes: UnsafeRawBufferPointer, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage {
    var image = try begin(bytes)
    defer { png_image_free(&image) }
    let size = try size(image, compressed: bytes.count)
    // 16 bits proportional to light, alpha multiplied in.
    image.format &= PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
    image.format |= PNG_FORMAT_FLAG_LINEAR
    image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let channels =
      (image.format & PNG_FORMAT_FLAG_COLOR == 0 ? 1 : 3)
      + (image.format & PNG_FORMAT_FLAG_ALPHA == 0 ? 0 : 1)
    var samples = [UInt16](repeating: 0, count: size.area * channels)
    let stride = Int32(size.width * channels)
    if png_image_finish_read(&image, nil, &samples, stride, nil) == 0 { throw failure(image) }
    return GrayImage(
      height: size.height, width: size.width,
      pixels: Luminance.pixels(
        samples, count: size.area, channels: channels, levels: luminance.ofLinearWords))
  }

  private func begin(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> png_image {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    if png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) == 0 {
      throw failure(image)
    }
    return image
  }

  private func size(
    _ image: png_image, compressed: Int
  ) throws(ImageDataError) -> ImageSize {
    let size = try checked(ImageSize(height: Int(image.height), width: Int(image.width)))
    // Deflate shrinks to no less than 1/1032, and a pixel has at least one bit.
    guard size.area / 8 / 1032 <= compressed else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(compressed) bytes can hold",
        remedy: "the file is damaged or incomplete")
    }
    return size
  }

  private func failure(_ image: png_image) -> ImageDataError {
    let message = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ImageDataError(
      "is a damaged PNG: \(message)", remedy: "copy or download the file again")
  }
}
