import Foundation

/// Images of van Hateren's collection, .iml and .imc: 1024 rows of 1536 pixels, each a big-endian
/// 16-bit number proportional to light, without a header.
///
/// The numbers are taken as stored, of 65,535, whatever the luminance setting: there is no encoding
/// for the eye to undo.
/// van Hateren & van der Schaaf 1998, doi:10.1098/rspb.1998.0303.
struct VanHateren: ImageFormat {
  let name = "van Hateren (.iml, .imc)"
  let fileExtensions = ["iml", "imc"]
  let hasSignature = false

  private static let size = ImageSize(height: 1024, width: 1536)

  func recognises(_ head: [UInt8]) -> Bool { false }

  func size(_ bytes: Data, page: ImagePage) throws(ImageDataError) -> ImageSize {
    let expected = 2 * Self.size.area
    guard bytes.count == expected else {
      throw ImageDataError(
        "has \(bytes.count) bytes",
        remedy: "an image of van Hateren's collection has \(expected): \(Self.size) numbers of "
          + "16 bits")
    }
    return Self.size
  }

  func decode(
    _ bytes: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage {
    let size = try size(bytes, page: page)
    let pixels = [Float](unsafeUninitializedCapacity: size.area) { buffer, initialized in
      bytes.withUnsafeBytes { bytes in
        for index in 0..<size.area {
          let word = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          buffer.initializeElement(at: index, to: Float(UInt16(bigEndian: word)) / 65535)
        }
      }
      initialized = size.area
    }
    return form.image(size, planes: [pixels])
  }
}
