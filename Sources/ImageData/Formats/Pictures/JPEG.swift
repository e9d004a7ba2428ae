import CJPEG
import Foundation

/// JPEG, baseline and progressive, grey and colour, by libjpeg-turbo.
///
/// Damage that the library would paper over (a truncated file) is an error; what it warns of though
/// no pixel is harmed is not.
struct JPEG: ImageFormat {
  let name = "JPEG"
  let fileExtensions = ["jpg", "jpeg"]

  func recognises(_ head: [UInt8]) -> Bool { head.starts(with: [0xFF, 0xD8, 0xFF]) }

  /// From the Exif block among the segments before the pixels.
  func orientation(_ bytes: Data, page: ImagePage) -> Orientation {
    var position = 2
    // A segment: 0xFF, its kind, its length with the two bytes of the length.
    while position + 4 <= bytes.count, bytes[position] == 0xFF, bytes[position + 1] != 0xDA {
      // Any number of 0xFF may stand before a kind.
      if bytes[position + 1] == 0xFF {
        position += 1
        continue
      }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let content = bytes[position + 4..<max(position + 4, min(position + 2 + length, bytes.count))]
      if bytes[position + 1] == 0xE1, content.starts(with: "Exif\0\0".utf8) {
        return Orientation(exif: content.dropFirst(6))
      }
      position += 2 + length
    }
    return .upright
  }

  func size(_ bytes: Data, page: ImagePage) throws(ImageDataError) -> ImageSize {
    try size(Self.read(bytes), bytes)
  }

  private func size(
    _ picture: svae_jpeg_picture, _ bytes: Data
  ) throws(ImageDataError) -> ImageSize {
    let size = try checked(ImageSize(height: Int(picture.height), width: Int(picture.width)))
    // A block of 8 × 8 pixels has at least one bit, or a little less by arithmetic coding.
    guard size.area / 4096 <= bytes.count else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(bytes.count) bytes can hold",
        remedy: "the file is damaged or incomplete")
    }
    return size
  }

  func decode(
    _ bytes: Data, page: ImagePage, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage {
    let picture = try Self.read(bytes)
    let size = try size(picture, bytes)
    let space = J_COLOR_SPACE(UInt32(picture.space))
    if space == JCS_CMYK || space == JCS_YCCK {
      throw .unsupported("a JPEG of printing inks (CMYK)", remedy: "convert it to RGB")
    }
    let channels = space == JCS_GRAYSCALE ? 1 : 3
    var samples = [UInt8](repeating: 0, count: size.area * channels)
    _ = try Self.read(bytes, channels: channels, into: &samples)
    return GrayImage(
      height: size.height, width: size.width,
      pixels: luminance.pixels(samples, count: size.area, channels: channels))
  }

  /// The header and, where `samples` are given, all of them.
  private static func read(
    _ bytes: Data, channels: Int = 1, into samples: UnsafeMutablePointer<UInt8>? = nil
  ) throws(ImageDataError) -> svae_jpeg_picture {
    var picture = svae_jpeg_picture()
    bytes.withUnsafeBytes { bytes in
      svae_jpeg_read(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, Int32(channels), samples,
        &picture)
    }
    if picture.error != 0 { throw failure(picture) }
    return picture
  }

  /// What the library's last message means.
  private static func failure(_ picture: svae_jpeg_picture) -> ImageDataError {
    let text = withUnsafeBytes(of: picture.text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return switch J_MESSAGE_CODE(UInt32(picture.error)) {
    case JERR_OUT_OF_MEMORY:
      ImageDataError("cannot be read: no memory is left")
    case JERR_BAD_PRECISION, JERR_SOF_UNSUPPORTED, JERR_ARITH_NOTIMPL, JERR_CONVERSION_NOTIMPL,
      JERR_CCIR601_NOTIMPL, JERR_FRACT_SAMPLE_NOTIMPL, JERR_EMPTY_IMAGE, JERR_IMAGE_TOO_BIG,
      JERR_NOT_COMPILED, JERR_NOTIMPL:
      .unsupported(
        "a JPEG of a kind that few programs read (\(text))",
        remedy: "save it as JPEG of 8 bits, or as PNG or TIFF")
    default:
      .damaged(nil, "is a damaged JPEG: \(text)")
    }
  }
}
