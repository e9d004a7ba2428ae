import CTurboJPEG
import Foundation

/// JPEG, baseline and progressive, grey and colour, by libjpeg-turbo.
///
/// Damage that the library would paper over (a truncated file) is an error.
struct JPEG: ImageFormat {
  let name = "JPEG"
  let fileExtensions = ["jpg", "jpeg"]

  func recognises(_ head: [UInt8]) -> Bool { head.starts(with: [0xFF, 0xD8, 0xFF]) }

  /// From the Exif block among the segments before the pixels.
  func orientation(_ bytes: Data, page: Int) -> Orientation {
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

  func size(_ bytes: Data, page: Int) throws(ImageDataError) -> ImageSize {
    try Decompressor().header(bytes).size
  }

  func decode(
    _ bytes: Data, page: Int, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage {
    let decompressor = try Decompressor()
    let (size, space) = try decompressor.header(bytes)
    if space == TJCS_CMYK || space == TJCS_YCCK {
      throw ImageDataError("is a JPEG of printing inks (CMYK)", remedy: "convert it to RGB")
    }
    let isGrey = space == TJCS_GRAY
    let samples = try decompressor.samples(bytes, size: size, isGrey: isGrey)
    return GrayImage(
      height: size.height, width: size.width,
      pixels: luminance.pixels(samples, count: size.area, channels: isGrey ? 1 : 3))
  }

  /// The library's handle, freed with this value.
  private struct Decompressor: ~Copyable {
    private let handle: tjhandle

    init() throws(ImageDataError) {
      guard let handle = tjInitDecompress() else {
        throw ImageDataError(
          "libjpeg-turbo could not start: \(String(cString: tjGetErrorStr2(nil)))")
      }
      self.handle = handle
    }

    deinit { tjDestroy(handle) }

    func header(
      _ bytes: Data
    ) throws(ImageDataError) -> (size: ImageSize, space: TJCS) {
      var width: Int32 = 0
      var height: Int32 = 0
      var subsampling: Int32 = 0
      var space: Int32 = 0
      let status = bytes.withUnsafeBytes { bytes in
        tjDecompressHeader3(
          handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), &width, &height,
          &subsampling, &space)
      }
      if status != 0 { throw failure }
      let size = try JPEG().checked(ImageSize(height: Int(height), width: Int(width)))
      return (size, TJCS(UInt32(space)))
    }

    func samples(
      _ bytes: Data, size: ImageSize, isGrey: Bool
    ) throws(ImageDataError) -> [UInt8] {
      let channels = isGrey ? 1 : 3
      var samples = [UInt8](repeating: 0, count: size.area * channels)
      let status = bytes.withUnsafeBytes { bytes in
        tjDecompress2(
          handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), &samples,
          Int32(size.width), Int32(size.width * channels), Int32(size.height),
          Int32((isGrey ? TJPF_GRAY : TJPF_RGB).rawValue),
          TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      }
      if status != 0 { throw failure }
      return samples
    }

    /// The library's last error or warning.
    private var failure: ImageDataError {
      .damaged(nil, "is a damaged JPEG: \(String(cString: tjGetErrorStr2(handle)))")
    }
  }
}
