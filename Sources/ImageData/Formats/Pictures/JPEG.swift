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
    _ bytes: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    let picture = try Self.read(bytes)
    let size = try size(picture, bytes)
    let space = J_COLOR_SPACE(UInt32(picture.space))
    if space == JCS_CMYK || space == JCS_YCCK {
      throw .unsupported("a JPEG of printing inks (CMYK)", remedy: "convert it to RGB")
    }
    let channels = space == JCS_GRAYSCALE ? 1 : 3
    var samples = [UInt8](repeating: 0, count: size.area * channels)
    let whole = try Self.read(bytes, channels: channels, into: &samples)
    if whole.last_byte > 0, !Self.endsWell(bytes, whole.last_byte) {
      throw .damaged(nil, "is a damaged JPEG: a scan ends too early")
    }
    return form.image(size, samples, channels: channels)
  }

  /// The header and, where `samples` are given, all of them.
  private static func read(
    _ bytes: Data, channels: Int = 1, into samples: UnsafeMutablePointer<UInt8>? = nil,
    withHash: Bool = false
  ) throws(ImageDataError) -> svae_jpeg_picture {
    var picture = svae_jpeg_picture()
    bytes.withUnsafeBytes { bytes in
      svae_jpeg_read(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, Int32(channels), samples,
        withHash ? 1 : 0, &picture)
    }
    if picture.error != 0 { throw failure(picture) }
    return picture
  }

  /// Whether a scan that foreign bytes follow ends as encoders end them: the last byte is filled up
  /// with ones. Where bytes in its midst are damaged, a scan ends anywhere, and the bytes behind it
  /// are its own. Which bits belong to it shows where they are changed.
  ///
  /// - Parameter last: the last byte, or one a little behind it: the library reads ahead.
  private static func endsWell(_ bytes: Data, _ last: Int) -> Bool {
    var changed = [UInt8](bytes)
    guard let hash = hash(changed) else { return false }
    func isUsed(_ place: Int, _ bits: UInt8) -> Bool {
      changed[place] ^= bits
      defer { changed[place] ^= bits }
      return Self.hash(changed) != hash
    }
    var last = last
    // The first bit of a byte; 0xFF would be a marker.
    while last > 2, !isUsed(last, changed[last] == 0x7F ? 0xC0 : 0x80) { last -= 1 }
    let padding = (0..<8).prefix { !isUsed(last, 1 << $0) }
    return padding.allSatisfy { changed[last] & 1 << $0 != 0 }
  }

  /// Of all coefficients; nil where the file is damaged.
  private static func hash(_ bytes: [UInt8]) -> UInt64? {
    try? read(Data(bytes), withHash: true).hash
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
