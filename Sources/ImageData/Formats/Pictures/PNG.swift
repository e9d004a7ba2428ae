import CPNG
import Foundation

/// PNG of every kind: 1 to 16 bits, grey, colour, palette, with and without alpha, by libpng.
///
/// Samples are taken as stored and as sRGB: gamma tags and colour profiles are passed over, as
/// they are in JPEG. Transparent pixels lie on black, blended as browsers do.
public struct PNG: ImageFormat {
  public let name = "PNG"
  public let fileExtensions = ["png"]

  /// The format; it has no settings.
  public init() {}

  public func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  public func size(_ bytes: Data, page: Int) throws(ImageDataError) -> ImageSize {
    // Signature, then the chunk IHDR: length, name, width, height …
    guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw ImageDataError("ends inside its header", remedy: "copy or download the file again")
    }
    func number(at position: Int) -> Int {
      bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let size = try checked(ImageSize(height: number(at: 20), width: number(at: 16)))
    // Deflate shrinks to no less than 1/1032, and a pixel has at least one bit.
    guard size.area / 8 / 1032 <= bytes.count else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(bytes.count) bytes can hold",
        remedy: "the file is damaged or incomplete")
    }
    return size
  }

  /// From the chunk eXIf.
  public func orientation(_ bytes: Data, page: Int) -> Orientation {
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 12 else { break }
      if bytes[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
        return Orientation(exif: bytes[position + 8..<position + 8 + length])
      }
      position += length + 12
    }
    return .upright
  }

  public func decode(
    _ bytes: Data, page: Int, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage {
    let size = try size(bytes, page: page)
    let reader = try Reader(Self.untagged(bytes), size: size)
    return GrayImage(
      height: size.height, width: size.width,
      pixels: try reader.luminance(luminance))
  }

  /// The file without chunks that would make the library convert samples.
  private static func untagged(_ bytes: Data) -> [UInt8] {
    let tags = ["gAMA", "sRGB", "iCCP", "cHRM", "cICP"].map { Array($0.utf8) }
    var result = [UInt8](bytes.prefix(8))
    var position = min(8, bytes.count)
    // A chunk: four bytes of length, four of name, the data, four of checksum.
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = bytes[position + 4..<position + 8]
      // What follows the pixels' first chunk, or is damaged, is the library's to judge.
      if name.elementsEqual("IDAT".utf8) || length > bytes.count - position - 12 { break }
      let end = position + length + 12
      if !tags.contains(where: { name.elementsEqual($0) }) {
        result += bytes[position..<end]
      }
      position = end
    }
    return result + bytes[position...]
  }

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
      let file = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
      _ = file.initialize(from: bytes)
      let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
      image.initialize(to: png_image())
      image.pointee.version = UInt32(PNG_IMAGE_VERSION)
      guard png_image_begin_read_from_memory(image, file.baseAddress, file.count) != 0,
        image.pointee.width == size.width, image.pointee.height == size.height
      else {
        let error = Self.failure(image)
        png_image_free(image)
        image.deallocate()
        file.deallocate()
        throw error
      }
      self.image = image
      self.file = file
    }

    deinit {
      png_image_free(image)
      image.deallocate()
      file.deallocate()
    }

    func luminance(_ luminance: Luminance) throws(ImageDataError) -> [Float] {
      let content = image.pointee.format
      let hasAlpha = content & PNG_FORMAT_FLAG_ALPHA != 0
      let channels = (content & PNG_FORMAT_FLAG_COLOR == 0 ? 1 : 3) + (hasAlpha ? 1 : 0)
      let format = content & (PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
      if content & PNG_FORMAT_FLAG_LINEAR != 0 {
        // 16 bits: untagged they count as linear, and come as stored, with alpha multiplied in.
        let samples: [UInt16] = try read(format | PNG_FORMAT_FLAG_LINEAR, channels)
        return luminance.pixels(samples, count: size.area, channels: channels)
      }
      var samples: [UInt8] = try read(format, channels)
      if hasAlpha {
        for index in samples.indices {
          let alpha = Int(samples[index / channels * channels + channels - 1])
          if index % channels < channels - 1 {
            samples[index] = UInt8((Int(samples[index]) * alpha + 127) / 255)
          }
        }
      }
      return luminance.pixels(samples, count: size.area, channels: channels)
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
      return ImageDataError(
        "is a damaged PNG: \(message)", remedy: "copy or download the file again")
    }
  }
}
