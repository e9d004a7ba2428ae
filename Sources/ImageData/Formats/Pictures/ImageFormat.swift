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
  /// The images of a file; one where the format has no pages.
  func pages(_ file: Data) -> [ImagePage]
  /// How the image of a page is to be turned to be seen upright.
  func orientation(_ file: Data, page: ImagePage) -> Orientation
  /// The size that the header declares, before it is turned.
  func size(_ file: Data, page: ImagePage) throws(ImageDataError) -> ImageSize
  /// The whole image, from 0 to 1, before it is turned.
  func decode(
    _ file: Data, page: ImagePage, as form: PixelForm
  ) throws(ImageDataError) -> RasterImage
}

/// Where in its file an image lies.
struct ImagePage: Hashable {
  /// From 0, for messages.
  var number = 0
  /// Where what describes it lies, in bytes from the file's start; nil is the first such place.
  var directory: Int?
  /// Its place among images of one description; nil where that is of one image.
  var image: Int?

  /// The directory of a page that is announced, but is not in the file.
  static let nowhere = -1
}

/// The formats that photographs may have. A new one is a file beside this one and an entry here.
let imageFormats: [any ImageFormat] = [JPEG(), PNG(), TIFF(), WebP(), VanHateren()]

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
  func pages(_ file: Data) -> [ImagePage] { [ImagePage()] }

  /// Upright: most formats say nothing else.
  func orientation(_ file: Data, page: ImagePage) -> Orientation { .upright }

  /// More pixels than any picture has.
  private static var mostPixels: Int { 1 << 34 }

  /// Refuses a declared size that is empty, or larger than any picture: nothing has been allocated
  /// at this point.
  func checked(_ size: ImageSize) throws(ImageDataError) -> ImageSize {
    guard size.height > 0, size.width > 0 else {
      throw ImageDataError("the header declares \(size) pixels: no image")
    }
    guard size.height <= Self.mostPixels / size.width else {
      throw ImageDataError(
        "the header declares \(size) pixels", remedy: "at most \(Self.mostPixels) are read")
    }
    return size
  }
}

/// One image of a file, and the format that the file's first bytes show.
struct ImageFile {
  let url: URL
  let page: ImagePage
  /// Megapixels of the largest image that is read; nil is `usualLargest`, if the file is not too
  /// small for what it unpacks to.
  let largest: Int?

  /// Megapixels: more than cameras make.
  private static let usualLargest = 200

  init(_ url: URL, page: ImagePage = ImagePage(), largest: Int? = nil) {
    self.url = url
    self.page = page
    self.largest = largest
  }

  /// The images in the file; one where it cannot be read, which `size` and `image` report.
  var pages: [ImagePage] {
    let pages = try? read { format, file throws(ImageDataError) in format.pages(file) }
    return pages.flatMap { $0.isEmpty ? nil : $0 } ?? [ImagePage()]
  }

  func size() throws(ImageDataError) -> ImageSize {
    try read { format, file throws(ImageDataError) in
      let size = try format.size(file, page: page)
      try check(size, of: file)
      return format.orientation(file, page: page).applied(to: size)
    }
  }

  /// Refuses what would take much memory, before it does.
  private func check(_ size: ImageSize, of file: Data) throws(ImageDataError) {
    let most = largest ?? Self.usualLargest
    let megapixels = (size.area + 999_999) / 1_000_000
    let remedy = "if that is right, say so: largestImage, --largest-image \(megapixels)"
    guard megapixels <= most else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(most) megapixels", remedy: remedy)
    }
    let count = size.area * MemoryLayout<Float>.size
    guard largest != nil || mayUnpack(file.count, to: count) else {
      throw ImageDataError(
        "the header declares \(size) pixels: \(file.count) bytes would unpack to \(count)",
        remedy: remedy)
    }
  }

  /// - Parameter checksums: is told that of the file.
  func image(
    _ form: PixelForm, noting checksums: FileChecksums
  ) throws(ImageDataError) -> RasterImage {
    try read { format, file throws(ImageDataError) in
      checksums.note(url, file)
      try check(try format.size(file, page: page), of: file)
      let image = try format.decode(file, page: page, as: form)
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
    guard let format, !FileKind.isRawFile(fileExtension) else {
      // What is gzipped may be damaged: then this throws.
      var reader = try ByteReader(url)
      _ = try reader.read(512)
      throw FileKind(of: url)?.error(url)
        ?? ImageDataError(
          file: url, "starts like no image that can be read", remedy: FileKind.expected)
    }
    do throws(ImageDataError) {
      return try body(format, data)
    } catch {
      throw error.located(in: url)
    }
  }
}
