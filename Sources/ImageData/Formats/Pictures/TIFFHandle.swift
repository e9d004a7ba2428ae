import CTIFF
import Foundation

/// libtiff's handle on a file in memory, at one of its pages; closed with this value.
struct TIFFHandle: ~Copyable {
  private let handle: OpaquePointer
  private let memory: TIFFMemory

  /// The most pages that are counted: more is damage.
  private static let mostPages = 1 << 16

  /// - Parameter page: thumbnails do not count.
  init(_ bytes: Data, page: Int = 0) throws(ImageDataError) {
    _ = Self.silence
    let memory = TIFFMemory(bytes)
    guard let handle = memory.open("rm") else { throw Self.damaged }
    guard Self.turn(handle, to: page) else {
      TIFFClose(handle)
      throw Self.damaged
    }
    (self.memory, self.handle) = (memory, handle)
  }

  deinit { TIFFClose(handle) }

  /// Whether the library is now at that page.
  private static func turn(_ handle: OpaquePointer, to page: Int) -> Bool {
    // Most files have one page, where the library already is.
    guard page > 0 || isThumbnail(handle) else { return true }
    let pages = pages(handle)
    return page < pages.count && TIFFSetDirectory(handle, pages[page]) != 0
  }

  private static var damaged: ImageDataError { .damaged(nil, "is a damaged TIFF") }

  /// The directories that are images; afterwards the library is at the last one.
  func pages() -> [tdir_t] { Self.pages(handle) }

  private static func pages(_ handle: OpaquePointer) -> [tdir_t] {
    var pages: [tdir_t] = []
    var directory = 0
    TIFFSetDirectory(handle, 0)
    while true {
      if !isThumbnail(handle) { pages.append(tdir_t(truncatingIfNeeded: directory)) }
      directory += 1
      if directory == mostPages || TIFFLastDirectory(handle) != 0 { break }
      if TIFFReadDirectory(handle) == 0 {
        // The next page is announced, but damaged: whoever asks for it is to be told.
        pages.append(tdir_t(truncatingIfNeeded: directory))
        break
      }
    }
    return pages
  }

  /// A smaller version of another page, or a mask.
  private static func isThumbnail(_ handle: OpaquePointer) -> Bool {
    let kind = svae_tiff_long(handle, UInt32(TIFFTAG_SUBFILETYPE), 0)
    return kind & UInt32(FILETYPE_REDUCEDIMAGE | FILETYPE_MASK) != 0
  }

  /// The value of a 16-bit field.
  func short(_ tag: Int32, _ fallback: Int) -> Int {
    Int(svae_tiff_short(handle, UInt32(tag), UInt16(fallback)))
  }

  /// The value of a 32-bit field, or 0.
  private func long(_ tag: Int32) -> Int { Int(svae_tiff_long(handle, UInt32(tag), 0)) }

  func size() throws(ImageDataError) -> ImageSize {
    let size = try TIFF().checked(
      ImageSize(height: long(TIFFTAG_IMAGELENGTH), width: long(TIFFTAG_IMAGEWIDTH)))
    // No compression of pictures reaches 1/16384.
    let bytes = memory.bytes.count
    guard size.area / 8 / 16384 <= bytes else {
      throw ImageDataError(
        "the header declares \(size) pixels, more than \(bytes) bytes can hold",
        remedy: "the file is damaged or incomplete")
    }
    return size
  }

  /// The samples as stored, row after row, unpacked, in this machine's byte order.
  ///
  /// - Parameter channels: samples of a pixel that lie together.
  func samples(
    _ size: ImageSize, channels: Int, plane: Int, bytesPerSample: Int
  ) throws(ImageDataError) -> [UInt8] {
    let pixel = channels * bytesPerSample
    let row = size.width * pixel
    guard (1...16).contains(channels),
      size.area * pixel / 16384 <= memory.bytes.count
    else { throw Self.damaged }
    let isTiled = TIFFIsTiled(handle) != 0
    let width = isTiled ? long(TIFFTAG_TILEWIDTH) : size.width
    let height = isTiled ? long(TIFFTAG_TILELENGTH) : min(long(TIFFTAG_ROWSPERSTRIP), size.height)
    let blockSize = Int(isTiled ? TIFFTileSize(handle) : TIFFStripSize(handle))
    guard width > 0, height > 0, width <= 1 << 20, height <= 1 << 20,
      blockSize == width * height * pixel, blockSize <= 1 << 30,
      blockSize / 16384 <= memory.bytes.count
    else { throw Self.damaged }
    var samples = [UInt8](repeating: 0, count: size.height * row)
    var block = [UInt8](repeating: 0, count: blockSize)
    for top in stride(from: 0, to: size.height, by: height) {
      for left in stride(from: 0, to: size.width, by: width) {
        let rows = min(height, size.height - top)
        let count: Int
        if isTiled {
          let tile = TIFFComputeTile(handle, UInt32(left), UInt32(top), 0, UInt16(plane))
          count = Int(TIFFReadEncodedTile(handle, tile, &block, tmsize_t(blockSize)))
        } else {
          let strip = TIFFComputeStrip(handle, UInt32(top), UInt16(plane))
          count = Int(
            TIFFReadEncodedStrip(handle, strip, &block, tmsize_t(rows * width * pixel)))
        }
        guard count >= rows * width * pixel else { throw Self.damaged }
        let columns = min(width, size.width - left) * pixel
        for y in 0..<rows {
          let start = (top + y) * row + left * pixel
          samples.replaceSubrange(
            start..<start + columns, with: block[y * width * pixel..<y * width * pixel + columns])
        }
      }
    }
    return samples
  }

  /// Whatever is stored, as red, green, blue and alpha of 8 bits.
  func converted(_ size: ImageSize) throws(ImageDataError) -> [UInt8] {
    // Turning is not the library's task.
    _ = svae_tiff_set_short(handle, UInt32(TIFFTAG_ORIENTATION), UInt16(ORIENTATION_TOPLEFT))
    var pixels = [UInt32](repeating: 0, count: size.area)
    let status = TIFFReadRGBAImageOriented(
      handle, UInt32(size.width), UInt32(size.height), &pixels, ORIENTATION_TOPLEFT, 1)
    guard status != 0 else { throw Self.damaged }
    return pixels.flatMap { pixel in
      [pixel, pixel >> 8, pixel >> 16, pixel >> 24].map(UInt8.init(truncatingIfNeeded:))
    }
  }

  /// The library would print what it finds wrong.
  private static let silence: Void = {
    TIFFSetErrorHandler(nil)
    TIFFSetWarningHandler(nil)
  }()
}
