import Foundation

/// A file format of single images.
///
/// Errors are thrown without a file's name; `ImageFile` adds it.
protocol ImageFormat: Sendable {
  /// The format's name in messages.
  var name: String { get }
  /// Lower-case extensions; a file named so that is *not* of this format is reported.
  var fileExtensions: [String] { get }
  /// Whether the first bytes show the format; otherwise a file's extension does.
  var hasSignature: Bool { get }
  /// Whether a file that starts with `head` (up to 16 bytes) is of this format.
  func recognises(_ head: [UInt8]) -> Bool
  /// Number of images in a file, at least 1; 1 where the format has no pages.
  func pages(_ file: Data) throws(ImageDataError) -> Int
  /// How the image of a page is to be turned to be seen upright; the first page is 0.
  func orientation(_ file: Data, page: Int) -> Orientation
  /// The size that the header declares, before it is turned.
  func size(_ file: Data, page: Int) throws(ImageDataError) -> ImageSize
  /// The whole image, as luminance from 0 to 1, before it is turned.
  func decode(
    _ file: Data, page: Int, luminance: Luminance
  ) throws(ImageDataError) -> GrayImage
}

/// The formats that photographs may have. A new one is a file beside this one and an entry here.
let imageFormats: [any ImageFormat] = [JPEG(), PNG(), TIFF(), VanHateren()]

/// The names of all `imageFormats`: "JPEG, PNG or TIFF".
var imageFormatNames: String { alternatives(imageFormats.map(\.name)) }

/// "a, b or c"
func alternatives(_ names: [String]) -> String {
  names.count < 2
    ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
}

extension ImageFormat {
  /// True: most formats begin with bytes that only they have.
  var hasSignature: Bool { true }

  /// One: most formats hold one image.
  func pages(_ file: Data) throws(ImageDataError) -> Int { 1 }

  /// Upright: most formats say nothing else.
  func orientation(_ file: Data, page: Int) -> Orientation { .upright }

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
    let pages = try? read { format, file throws(ImageDataError) in try format.pages(file) }
    return pages ?? 1
  }

  func size() throws(ImageDataError) -> ImageSize {
    try read { format, file throws(ImageDataError) in
      format.orientation(file, page: page).applied(to: try format.size(file, page: page))
    }
  }

  func image(_ luminance: Luminance) throws(ImageDataError) -> GrayImage {
    try read { format, file throws(ImageDataError) in
      let image = try format.decode(file, page: page, luminance: luminance)
      return format.orientation(file, page: page).applied(to: image)
    }
  }

  /// Calls `body` with the format and the file's bytes, mapped into memory where possible.
  private func read<Value>(
    _ body: (any ImageFormat, Data) throws(ImageDataError) -> Value
  ) throws(ImageDataError) -> Value {
    let data = try contents(of: url)
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
    do throws(ImageDataError) {
      return try body(format, data)
    } catch {
      throw error.located(in: url)
    }
  }
}
