import CTIFF
import Compute
import Foundation

/// Pictures of numbers as the pages of one TIFF: float32, uncompressed, greys or colours of any
/// range.
public struct TIFFStack {
  private let pages: Matrix
  private let height: Int
  private let width: Int

  /// - Parameter pages: one picture a row, `[pages, height·width]`, in colour
  ///   `[pages, 3·height·width]`.
  public init(pages: Matrix, height: Int, width: Int) {
    precondition(
      [1, 3].contains { $0 * height * width == pages.columns },
      "rows of \(pages.columns) for \(height) × \(width) pixels")
    (self.pages, self.height, self.width) = (pages, height, width)
  }

  /// The file's bytes.
  ///
  /// - Parameter description: a line of text in the first page.
  /// - Throws: where there are more pages than a TIFF can have, or more than 4 GB.
  public func encoded(description: String) throws(ImageDataError) -> Data {
    guard pages.rows <= 65_535, pages.elements.count < 1 << 29 else {
      throw ImageDataError(
        "\(pages.rows) pictures of \(height) × \(width) pixels are too much for a TIFF",
        remedy: "write them as npz")
    }
    let memory = TIFFMemory()
    guard let handle = memory.open("w") else { throw Self.failure }
    var isWritten = true
    for page in 0..<pages.rows where isWritten {
      isWritten = write(page, description: page == 0 ? description : nil, to: handle)
    }
    TIFFClose(handle)
    guard isWritten else { throw Self.failure }
    return memory.bytes
  }

  private static var failure: ImageDataError {
    ImageDataError("the TIFF library could not write the pictures")
  }

  private func write(_ page: Int, description: String?, to handle: OpaquePointer) -> Bool {
    let channels = pages.columns / (height * width)
    let fields: [(Int32, Int)] = [
      (TIFFTAG_IMAGEWIDTH, width), (TIFFTAG_IMAGELENGTH, height), (TIFFTAG_ROWSPERSTRIP, height),
      (TIFFTAG_BITSPERSAMPLE, 32), (TIFFTAG_SAMPLESPERPIXEL, channels),
      (TIFFTAG_SAMPLEFORMAT, Int(SAMPLEFORMAT_IEEEFP)),
      (TIFFTAG_COMPRESSION, Int(COMPRESSION_NONE)),
      (TIFFTAG_PHOTOMETRIC, Int(channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK)),
      (TIFFTAG_PLANARCONFIG, Int(PLANARCONFIG_CONTIG)),
    ]
    for (tag, value) in fields where svae_tiff_set(handle, UInt32(tag), UInt32(value)) == 0 {
      return false
    }
    let tag = UInt32(TIFFTAG_IMAGEDESCRIPTION)
    if let description, svae_tiff_set_text(handle, tag, description) == 0 { return false }
    // The values of a pixel lie side by side.
    var pixels = Matrix(rows: channels, columns: height * width, elements: Array(pages.row(page)))
      .transposed.elements
    let count = tmsize_t(pixels.count * 4)
    return TIFFWriteEncodedStrip(handle, 0, &pixels, count) == count
      && TIFFWriteDirectory(handle) != 0
  }
}
