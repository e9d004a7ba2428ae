import CPNG
import Foundation

/// PNG of every kind: 1 to 16 bits, grey, colour, palette, with and without alpha, by libpng.
///
/// Samples are taken as stored and as sRGB: gamma tags and colour profiles are passed over, as
/// they are in JPEG. Transparent pixels lie on black, blended as browsers do.
struct PNG: ImageFormat {
  let name = "PNG"
  let fileExtensions = ["png"]

  func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  func size(_ bytes: Data, page: ImagePage) throws(ImageDataError) -> ImageSize {
    // Signature, then the chunk IHDR: length, name, width, height …
    guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw ImageDataError.damaged(nil, "ends inside its header")
    }
    let size = try checked(
      ImageSize(height: Self.number(bytes[20..<24]), width: Self.number(bytes[16..<20])))
    // Deflate shrinks to no less than 1/1032, and a pixel has at least one bit.
    guard size.area / 8 / 1032 <= bytes.count else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(bytes.count) bytes can hold",
        remedy: "the file is damaged or incomplete")
    }
    return size
  }

  /// From the chunk eXIf.
  func orientation(_ bytes: Data, page: ImagePage) -> Orientation {
    guard let chunk = Self.chunks(bytes).first(where: { $0.name == "eXIf" }) else {
      return .upright
    }
    return Orientation(exif: bytes[chunk.range].dropFirst(8).dropLast(4))
  }

  func decode(
    _ bytes: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    let size = try size(bytes, page: page)
    let reader = try Reader(Self.untagged(bytes), size: size)
    return try reader.image(form)
  }

  /// The file without chunks that would make the library convert samples.
  private static func untagged(_ bytes: Data) -> [UInt8] {
    let tags = ["gAMA", "sRGB", "iCCP", "cHRM", "cICP"]
    // What follows the pixels' first chunk, or is damaged, is the library's to judge.
    let head = chunks(bytes).prefix { $0.name != "IDAT" }
    let rest = head.last?.range.upperBound ?? min(8, bytes.count)
    let kept = head.filter { !tags.contains($0.name) }
    return bytes.prefix(8) + kept.flatMap { bytes[$0.range] } + bytes[rest...]
  }

  /// The chunks up to the first that is damaged, each four bytes of length, four of name, the
  /// content, and four of checksum.
  private static func chunks(_ bytes: Data) -> [(name: String, range: Range<Int>)] {
    var chunks: [(name: String, range: Range<Int>)] = []
    var position = 8
    while position + 12 <= bytes.count {
      let length = number(bytes[position..<position + 4])
      guard length <= bytes.count - position - 12 else { break }
      let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      chunks.append((name, position..<position + length + 12))
      position += length + 12
    }
    return chunks
  }

  private static func number(_ bytes: Data) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// The library's state of reading, freed with this value. It keeps pointers to itself, so it
  /// must not move.
  private struct Reader: ~Copyable {
    private let size: ImageSize
    private let image: UnsafeMutablePointer<png_image>
    /// The file; the library keeps a pointer to it.
    private let file: UnsafeMutableBufferPointer<UInt8>

    /// Reads the header of the file that consists of `bytes`, which declares `size`.
    init(_ bytes: [UInt8], size: ImageSize) throws(ImageDataError) {
      self.size = size
      file = .allocate(capacity: bytes.count)
      _ = file.initialize(from: bytes)
      image = .allocate(capacity: 1)
      image.initialize(to: png_image())
      image.pointee.version = UInt32(PNG_IMAGE_VERSION)
      guard png_image_begin_read_from_memory(image, file.baseAddress, file.count) != 0,
        image.pointee.width == size.width, image.pointee.height == size.height
      else { throw Self.failure(image) }
    }

    deinit {
      png_image_free(image)
      image.deallocate()
      file.deallocate()
    }

    func image(_ form: PixelForm) throws(ImageDataError) -> RasterImage {
      let content = image.pointee.format
      let hasAlpha = content & PNG_FORMAT_FLAG_ALPHA != 0
      let channels = (content & PNG_FORMAT_FLAG_COLOR == 0 ? 1 : 3) + (hasAlpha ? 1 : 0)
      let format = content & (PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
      if content & PNG_FORMAT_FLAG_LINEAR != 0 {
        // 16 bits: untagged they count as linear, and come as stored, with alpha multiplied in.
        let samples: [UInt16] = try read(format | PNG_FORMAT_FLAG_LINEAR, channels)
        return form.image(size, samples, channels: channels)
      }
      var samples: [UInt8] = try read(format, channels)
      if hasAlpha { layOnBlack(&samples, channels: channels) }
      return form.image(size, samples, channels: channels)
    }

    private func read<Sample: FixedWidthInteger>(
      _ format: UInt32, _ channels: Int
    ) throws(ImageDataError) -> [Sample] {
      image.pointee.format = format
      var samples = [Sample](repeating: 0, count: size.area * channels)
      if png_image_finish_read(image, nil, &samples, Int32(size.width * channels), nil) == 0 {
        throw Self.failure(image)
      }
      return samples
    }

    private static func failure(_ image: UnsafeMutablePointer<png_image>) -> ImageDataError {
      let message = withUnsafeBytes(of: image.pointee.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .damaged(nil, "is a damaged PNG: \(message)")
    }
  }
}
