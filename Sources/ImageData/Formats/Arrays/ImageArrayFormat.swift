import Foundation

/// A file format that holds many images of one size in one array.
public protocol ImageArrayFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// What a file holds that starts with `head` (up to 16 bytes, unpacked if gzipped); nil where
  /// the file is of another format.
  func contents(_ head: [UInt8]) -> ImageArrayContents?
  /// What the file says about its array, read without the numbers where that is possible.
  ///
  /// - Parameter variable: the array's name, where the format has names; nil takes the only one
  ///   that could be images.
  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader
  /// The array. Everything that can be wrong with the file is reported here, except for numbers
  /// that are not finite.
  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray
}

extension ImageArrayFormat {
  /// The images in a file.
  ///
  /// - Throws: where the file is damaged, or its axes do not fit.
  public func open(
    _ file: URL, reading: ArrayReading = ArrayReading()
  ) throws(ImageDataError) -> any ImageCollection {
    let array = try array(in: file, variable: reading.variable)
    return array.images(try ArrayLayout(array.header, reading))
  }

  /// Whether patches are cut from the images in a file or are the images.
  func kind(of file: URL, reading: ArrayReading) throws(ImageDataError) -> PatchKind {
    try ArrayLayout(header(of: file, variable: reading.variable), reading).kind
  }
}

/// Whether a file of a data format holds images, or something that goes with them.
public enum ImageArrayContents: Hashable, Sendable {
  case images
  /// Labels, for instance.
  case other
}

/// The formats that data files may have. A new one is a file beside this one and an entry here.
public let imageArrayFormats: [any ImageArrayFormat] = [IDX(), NPY(), NPZ(), MATLAB()]

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

/// The format of a data file, by its first bytes.
func imageArrayFormat(of file: URL) throws(ImageDataError) -> any ImageArrayFormat {
  var reader = try ByteReader(file)
  let head = try reader.read(16)
  guard let format = imageArrayFormats.first(where: { $0.contents(head) != nil }) else {
    throw ImageDataError(
      file: file, "starts like no data file that can be read",
      remedy: "expected \(alternatives(imageArrayFormats.map(\.name)))")
  }
  return format
}
