import Foundation

/// A file format of single images.
///
/// Errors are thrown without a file's name; `ImageFile` adds it.
public protocol ImageFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// Lower-case extensions; a file named so that is *not* of this format is reported.
  var fileExtensions: [String] { get }
  /// Whether the first bytes show the format; otherwise a file's extension does.
  var hasSignature: Bool { get }
  /// Whether a file that starts with `head` (up to 16 bytes) is of this format.
  func recognises(_ head: [UInt8]) -> Bool
  /// How the image is to be turned to be seen upright.
  func orientation(_ bytes: UnsafeRawBufferPointer) -> Orientation
  /// The size that the header declares, before it is turned.
  func size(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> ImageSize
  /// The whole image, as luminance from 0 to 1, before it is turned.
  func decode(
    _ bytes: UnsafeRawBufferPointer, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage
}

/// A file format that can hold several images, one a page.
public protocol PagedImageFormat: ImageFormat {
  /// Number of pages, at least 1.
  func pages(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> Int
  func orientation(_ bytes: UnsafeRawBufferPointer, page: Int) -> Orientation
  func size(_ bytes: UnsafeRawBufferPointer, page: Int) throws(ImageDataError) -> ImageSize
  func decode(
    _ bytes: UnsafeRawBufferPointer, page: Int, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage
}

extension PagedImageFormat {
  public func orientation(_ bytes: UnsafeRawBufferPointer) -> Orientation {
    orientation(bytes, page: 0)
  }

  public func size(_ bytes: UnsafeRawBufferPointer) throws(ImageDataError) -> ImageSize {
    try size(bytes, page: 0)
  }

  public func decode(
    _ bytes: UnsafeRawBufferPointer, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage {
    try decode(bytes, page: 0, luminance: luminance)
  }
}

/// The formats that photographs may have. A new one is a file beside this one and an entry here.
public let imageFormats: [any ImageFormat] = [JPEG(), PNG(), TIFF(), VanHateren()]

/// The names of all `imageFormats`: "JPEG, PNG or TIFF".
var imageFormatNames: String { alternatives(imageFormats.map(\.name)) }

/// "a, b or c"
func alternatives(_ names: [String]) -> String {
  names.count < 2
    ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
}

extension ImageFormat {
  public var hasSignature: Bool { true }

  public func orientation(_ bytes: UnsafeRawBufferPointer) -> Orientation { .upright }

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

/// One image of a file, and the format that the file's first bytes show.
struct ImageFile {
  let url: URL
  let page: Int

  init(_ url: URL, page: Int = 0) {
    self.url = url
    self.page = page
  }

  /// The number of images in the file; 1 where it cannot be read, which `size` and `image` report.
  var pages: Int {
    let pages = try? read { format, bytes throws(ImageDataError) in
      try (format as? any PagedImageFormat)?.pages(bytes) ?? 1
    }
    return pages ?? 1
  }

  func size() throws(ImageDataError) -> ImageSize {
    try read { format, bytes throws(ImageDataError) in
      guard let paged = format as? any PagedImageFormat else {
        return format.orientation(bytes).applied(to: try format.size(bytes))
      }
      return paged.orientation(bytes, page: page).applied(to: try paged.size(bytes, page: page))
    }
  }

  func image(_ luminance: Luminance) throws(ImageDataError) -> GrayImage {
    try read { format, bytes throws(ImageDataError) in
      guard let paged = format as? any PagedImageFormat else {
        let image = try format.decode(bytes, luminance: luminance)
        return format.orientation(bytes).applied(to: image)
      }
      let image = try paged.decode(bytes, page: page, luminance: luminance)
      return paged.orientation(bytes, page: page).applied(to: image)
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
    let fileExtension = url.pathExtension.lowercased()
    let format =
      imageFormats.first { $0.recognises(head) }
      ?? imageFormats.first { !$0.hasSignature && $0.fileExtensions.contains(fileExtension) }
    guard let format else {
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
