import CTIFF
import Foundation

/// libtiff's handle on a file in memory, at one of its pages; closed with this value.
struct TIFFHandle: ~Copyable {
  private let handle: OpaquePointer
  private let memory: TIFFMemory
  /// The place among images that lie one behind the other in the directory; nil where it has one.
  private let image: Int?

  init(_ bytes: Data, page: ImagePage) throws(ImageDataError) {
    _ = Self.silence
    var page = page
    if page.directory == nil {
      let directories = TIFFDirectories(bytes)
      guard let first = directories.pages.first else {
        if directories.isEmpty { throw Self.damaged }
        if directories.channels > 1 {
          throw .unsupported(
            "a TIFF of \(directories.channels) channels, each a grey image of the same scene",
            remedy: "save one of them (in ImageJ: Image > Color > Split Channels), or all as RGB")
        }
        throw .unsupported(
          "a TIFF that holds thumbnails and masks alone, as some cameras' raw files do",
          remedy: "convert it to TIFF of 8 or 16 bits, or to JPEG")
      }
      page = first
    }
    let memory = TIFFMemory(bytes)
    // "h": without the first directory, unless it is the one.
    guard page.directory != ImagePage.nowhere, let handle = memory.open("rmh") else {
      throw Self.damaged
    }
    guard TIFFSetSubDirectory(handle, UInt64(page.directory ?? 0)) != 0 else {
      TIFFClose(handle)
      throw Self.damaged
    }
    (self.memory, self.handle, image) = (memory, handle, page.image)
  }

  deinit { TIFFClose(handle) }

  private static var damaged: ImageDataError { .damaged(nil, "is a damaged TIFF") }

  /// The value of a 16-bit field.
  func short(_ tag: Int32, _ fallback: Int) -> Int {
    Int(svae_tiff_short(handle, UInt32(tag), UInt16(fallback)))
  }

  /// The samples of a pixel that are transparency.
  var transparencies: Int { Int(svae_tiff_transparencies(handle)) }

  /// The value of a 32-bit field, or 0.
  func long(_ tag: Int32) -> Int { Int(svae_tiff_long(handle, UInt32(tag), 0)) }

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

  /// The samples as stored, row after row, unpacked, in the order of `isBigEndian`.
  ///
  /// - Parameter channels: samples of a pixel that lie together.
  func samples(
    _ size: ImageSize, channels: Int, plane: Int, bytesPerSample: Int
  ) throws(ImageDataError) -> [UInt8] {
    if let image { return try stacked(size, image, bytes: channels * bytesPerSample) }
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
    try checkBlocks()
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

  /// The order of the bytes of samples: libtiff hands numbers over in this machine's.
  var isBigEndian: Bool {
    image == nil ? 1.bigEndian == 1 : TIFFIsBigEndian(handle) != 0
  }

  /// The samples of an image that lies behind `image` others, uncompressed, `bytes` a pixel.
  private func stacked(
    _ size: ImageSize, _ image: Int, bytes: Int
  ) throws(ImageDataError) -> [UInt8] {
    guard short(TIFFTAG_COMPRESSION, 1) == Int(COMPRESSION_NONE), TIFFIsTiled(handle) == 0 else {
      throw .unsupported(
        "a compressed TIFF of several images in one directory",
        remedy: "save it without compression, or with a directory for each image")
    }
    let (first, file) = (Int(TIFFGetStrileOffset(handle, 0)), memory.bytes)
    let count = size.area * bytes
    guard first > 0, first + (image + 1) * count <= file.count else {
      throw ImageDataError(
        "ends before image \(image + 1) of those that its description declares",
        remedy: "the file is incomplete: copy or download it again")
    }
    let start = file.startIndex + first + image * count
    return [UInt8](file[start..<start + count])
  }

  /// Refuses a file that lacks strips or tiles, or has them packed by what the library does not know.
  private func checkBlocks() throws(ImageDataError) {
    let compression = short(TIFFTAG_COMPRESSION, 1)
    guard TIFFIsCODECConfigured(UInt16(compression)) != 0 else {
      let names = [
        6: "JPEG as it was before TIFF 6", 33003: "JPEG 2000", 33005: "JPEG 2000",
        34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP",
        50002: "JPEG XL", 52546: "JPEG XL",
      ]
      throw .unsupported(
        "a TIFF compressed by \(names[compression] ?? "method \(compression)")",
        remedy: "save it uncompressed, or with LZW or Deflate")
    }
    let isTiled = TIFFIsTiled(handle) != 0
    let count = isTiled ? TIFFNumberOfTiles(handle) : TIFFNumberOfStrips(handle)
    for block in 0..<count {
      let start = TIFFGetStrileOffset(handle, block)
      guard start > 0, start < memory.bytes.count, TIFFGetStrileByteCount(handle, block) > 0 else {
        throw ImageDataError(
          "lacks \(isTiled ? "tile" : "strip") \(block + 1) of \(count)",
          remedy: "the file is incomplete: copy or download it again")
      }
    }
  }

  /// Whatever is stored, as red, green, blue and alpha of 8 bits.
  func converted(_ size: ImageSize) throws(ImageDataError) -> [UInt8] {
    guard image == nil else {
      throw .unsupported(
        "a TIFF of several images in one directory, of less than 8 bits or in colours of a palette",
        remedy: "save it with 8 or 16 bits, in grey or RGB")
    }
    try checkBlocks()
    var problem = [CChar](repeating: 0, count: 1024)
    guard TIFFRGBAImageOK(handle, &problem) != 0 else {
      let text = problem.withUnsafeBytes { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw .unsupported(
        "a TIFF of a kind that few programs read (\(text))",
        remedy: "save it with 8 or 16 bits, in grey or RGB")
    }
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
