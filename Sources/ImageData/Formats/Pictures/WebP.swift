import CWebP
import Foundation

/// WebP, lossy and lossless, by libwebp. Samples are taken as stored and as sRGB; transparent pixels
/// lie on black, as in PNG.
struct WebP: ImageFormat {
  let name = "WebP"
  let fileExtensions = ["webp"]

  func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: "RIFF".utf8) && head.dropFirst(8).starts(with: "WEBP".utf8)
  }

  func size(_ bytes: Data, page: ImagePage) throws(ImageDataError) -> ImageSize {
    try header(bytes).size
  }

  /// From the chunk EXIF.
  func orientation(_ bytes: Data, page: ImagePage) -> Orientation {
    // A chunk: four bytes of name, four of length, the content, padded to an even length.
    var position = 12
    while position + 8 <= bytes.count {
      let start = bytes.startIndex + position
      let length = bytes[start + 4..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 8 else { break }
      if bytes[start..<start + 4].elementsEqual("EXIF".utf8) {
        let content = bytes[start + 8..<start + 8 + length]
        let prefix = content.starts(with: "Exif\0\0".utf8) ? 6 : 0
        return Orientation(exif: content.dropFirst(prefix))
      }
      position += 8 + length + length % 2
    }
    return .upright
  }

  func decode(
    _ bytes: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    let (size, hasAlpha) = try header(bytes)
    let channels = hasAlpha ? 4 : 3
    var samples = [UInt8](repeating: 0, count: size.area * channels)
    let isWhole = bytes.withUnsafeBytes { bytes in
      let source = bytes.bindMemory(to: UInt8.self).baseAddress
      let (count, stride) = (samples.count, Int32(size.width * channels))
      return hasAlpha
        ? WebPDecodeRGBAInto(source, bytes.count, &samples, count, stride) != nil
        : WebPDecodeRGBInto(source, bytes.count, &samples, count, stride) != nil
    }
    guard isWhole else { throw Self.damaged }
    if hasAlpha { layOnBlack(&samples, channels: channels) }
    return form.image(size, samples, channels: channels)
  }

  private func header(_ bytes: Data) throws(ImageDataError) -> (size: ImageSize, hasAlpha: Bool) {
    var features = WebPBitstreamFeatures()
    let status = bytes.withUnsafeBytes { bytes in
      WebPGetFeatures(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &features)
    }
    guard status == VP8_STATUS_OK else { throw Self.damaged }
    guard features.has_animation == 0 else {
      throw .unsupported("an animated WebP", remedy: "save its pictures one by one")
    }
    let size = try checked(ImageSize(height: Int(features.height), width: Int(features.width)))
    return (size, features.has_alpha != 0)
  }

  private static var damaged: ImageDataError { .damaged(nil, "is a damaged or incomplete WebP") }
}

/// Multiplies samples of 8 bits by the last channel, transparency, as browsers do on black.
func layOnBlack(_ samples: inout [UInt8], channels: Int) {
  for index in samples.indices {
    let alpha = Int(samples[index / channels * channels + channels - 1])
    if index % channels < channels - 1 {
      samples[index] = UInt8((Int(samples[index]) * alpha + 127) / 255)
    }
  }
}
