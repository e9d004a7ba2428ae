import Foundation

/// A file format of single images.
///
/// Errors are thrown without a file's name; `ImageFile` adds it.
public protocol ImageFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// Lower-case extensions; a file named so that is *not* of this format is reported.
  var fileExtensions: [String] { get }
  /// Whether a file that starts with `head` (up to 16 bytes) is of this format.
  func recognises(_ head: [UInt8]) -> Bool
  /// The size that the header declares.
  func size(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> ImageSize
  /// The whole image, as luminance from 0 to 1.
  func decode(
    _ bytes: UnsafeRawBufferPointer, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage
}

/// The formats that photographs may have. A new one is a file beside this one and an entry here.
public let imageFormats: [any ImageFormat] = [JPEG(), PNG()]

/// The names of all `imageFormats`: "JPEG or PNG".
var imageFormatNames: String {
  imageFormats.map(\.name).joined(separator: " or ")
}

extension ImageFormat {
  /// Refuses a declared size that is empty, or larger than any photograph: nothing has been
  /// allocated at this point.
  func checked(_ size: ImageSize) throws(ImageDataError) -> ImageSize {
    let largest = 1 << 28
    guard size.height > 0, size.width > 0 else {
      throw ImageDataError("the header declares \(size) pixels: no image")
    }
    guard size.height <= largest / size.width else {
      throw ImageDataError(
        "the header declares \(size) pixels", remedy: "at most \(largest) are read")
    }
    return size
  }
}

/// One file, and the format that its first bytes show.
struct ImageFile {
  let url: URL

  init(_ url: URL) { self.url = url }

  func size() throws(ImageDataError) -> ImageSize {
    try read { format, bytes throws(ImageDataError) in try format.size(bytes) }
  }

  func image(_ luminance: Luminance) throws(ImageDataError) -> GrayImage {
    try read { format, bytes throws(ImageDataError) in
      try format.decode(bytes, luminance: luminance)
    }
  }

  /// Calls `body` with the format and the file's bytes, mapped into memory where possible.
  private func read<Value>(
    _ body: (any ImageFormat, UnsafeRawBufferPointer) throws(ImageDataError) -> Value
  ) throws(ImageDataError) -> Value {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw ImageDataError(file: url, "cannot be read: \(error.localizedDescription)")
    }
    if data.isEmpty {
      throw ImageDataError(file: url, "is empty", remedy: "expected \(imageFormatNames)")
    }
    let head = [UInt8](data.prefix(16))
    guard let format = imageFormats.first(where: { $0.recognises(head) }) else {
      throw ImageDataError(
        file: url, "starts like no image that can be read", remedy: "expected \(imageFormatNames)")
    }
    let result = data.withUnsafeBytes { bytes in
      Result<Value, ImageDataError> { () throws(ImageDataError) in try body(format, bytes) }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw error.located(in: url)
    }
  }
}
