import CTIFF
import Foundation

/// libtiff's handle on a file in memory, at one of its pages; closed with this value.
struct TIFFHandle: ~Copyable {
  private let handle: OpaquePointer
  private let source: UnsafeMutablePointer<Source>

  /// What the library reads from.
  private struct Source {
    let bytes: Data
    var position: Int
  }

  /// The most pages that are counted: more is damage.
  private static let mostPages = 1 << 16

  /// - Parameter page: thumbnails do not count.
  init(_ bytes: Data, page: Int = 0) throws(ImageDataError) {
    _ = Self.silence
    let source = UnsafeMutablePointer<Source>.allocate(capacity: 1)
    source.initialize(to: Source(bytes: bytes, position: 0))
    // "m": the library must not map the file into memory itself.
    let opened = TIFFClientOpen(
      "image", "rm", source, Self.read, { _, _, _ in 0 }, Self.seek, { _ in 0 }, Self.size,
      { _, _, _ in 0 }, { _, _, _ in })
    // Most files have one page, where the library already is.
    let isThere =
      opened.map { opened in
        guard page > 0 || Self.isThumbnail(opened) else { return true }
        let pages = Self.pages(opened)
        return page < pages.count && TIFFSetDirectory(opened, pages[page]) != 0
      } ?? false
    guard let opened, isThere else {
      if let opened { TIFFClose(opened) }
      Self.free(source)
      throw Self.damaged
    }
    (handle, self.source) = (opened, source)
  }

  deinit {
    TIFFClose(handle)
    Self.free(source)
  }

  private static func free(_ source: UnsafeMutablePointer<Source>) {
    source.deinitialize(count: 1)
    source.deallocate()
  }

  private static var damaged: ImageDataError {
    ImageDataError("is a damaged TIFF", remedy: "copy or download the file again")
  }

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
    let bytes = source.pointee.bytes.count
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
      size.area * pixel / 16384 <= source.pointee.bytes.count
    else { throw Self.damaged }
    let isTiled = TIFFIsTiled(handle) != 0
    let width = isTiled ? long(TIFFTAG_TILEWIDTH) : size.width
    let height = isTiled ? long(TIFFTAG_TILELENGTH) : min(long(TIFFTAG_ROWSPERSTRIP), size.height)
    let blockSize = Int(isTiled ? TIFFTileSize(handle) : TIFFStripSize(handle))
    guard width > 0, height > 0, width <= 1 << 20, height <= 1 << 20,
      blockSize == width * height * pixel, blockSize <= 1 << 30,
      blockSize / 16384 <= source.pointee.bytes.count
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
      [pixel, pixel >> 8, pixel >> 16, pixel >> 24].map { UInt8($0 & 255) }
    }
  }

  /// The library would print what it finds wrong.
  private static let silence: Void = {
    TIFFSetErrorHandler(nil)
    TIFFSetWarningHandler(nil)
  }()

  private static let read: TIFFReadWriteProc = { handle, buffer, count in
    guard let source = handle?.assumingMemoryBound(to: Source.self), let buffer else { return 0 }
    let bytes = source.pointee.bytes
    let start = min(source.pointee.position, bytes.count)
    let end = min(start + Int(count), bytes.count)
    bytes.copyBytes(
      to: UnsafeMutableRawBufferPointer(start: buffer, count: end - start), from: start..<end)
    source.pointee.position = end
    return tmsize_t(end - start)
  }

  private static let seek: TIFFSeekProc = { handle, offset, origin in
    guard let source = handle?.assumingMemoryBound(to: Source.self) else { return 0 }
    let from =
      switch origin {
      case 1: source.pointee.position
      case 2: source.pointee.bytes.count
      default: 0
      }
    let position = Int(truncatingIfNeeded: offset) &+ from
    guard position >= 0 else { return toff_t.max }
    source.pointee.position = position
    return toff_t(position)
  }

  private static let size: TIFFSizeProc = { handle in
    toff_t(handle?.assumingMemoryBound(to: Source.self).pointee.bytes.count ?? 0)
  }
}
