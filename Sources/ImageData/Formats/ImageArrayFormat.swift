import Foundation

/// A file format that holds many images of one size in one array.
public protocol ImageArrayFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// What a file holds that starts with `head` (up to 16 bytes, unpacked if gzipped); nil where
  /// the file is of another format.
  func contents(_ head: [UInt8]) -> ImageArrayContents?
  /// The images. Everything that can be wrong with the file is reported here.
  func open(_ file: URL) throws(ImageDataError) -> any ImageCollection
}

/// Whether a file of a data format holds images, or something that goes with them.
public enum ImageArrayContents: Hashable, Sendable {
  case images
  /// Labels, for instance.
  case other
}

/// The formats that data files may have. A new one is a file beside this one and an entry here.
public let imageArrayFormats: [any ImageArrayFormat] = [IDX()]

/// Images of one size, converted from the file's numbers when they are asked for.
struct ImageArray: ImageCollection {
  let file: URL
  let count: Int
  let imageSize: ImageSize
  /// Writes image `index` into the buffer, which has the image's area.
  let read: @Sendable (_ index: Int, _ pixels: UnsafeMutableBufferPointer<Float>) -> Void

  func size(at index: Int) -> ImageSize { imageSize }

  func image(at index: Int) throws(ImageDataError) -> GrayImage {
    let area = imageSize.area
    let pixels = [Float](unsafeUninitializedCapacity: area) { buffer, initialized in
      read(index, UnsafeMutableBufferPointer(rebasing: buffer[..<area]))
      initialized = area
    }
    if let position = pixels.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(
        file: file, "image \(index) holds \(pixels[position]) at pixel \(position)",
        remedy: "every value must be a finite number")
    }
    return GrayImage(height: imageSize.height, width: imageSize.width, pixels: pixels)
  }

  func name(at index: Int) -> String { "\(file.path), image \(index)" }
}
