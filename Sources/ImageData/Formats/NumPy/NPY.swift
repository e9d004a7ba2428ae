import Foundation

/// NumPy's .npy, plain or gzipped: an array of any plain numbers, in C or Fortran order, of either
/// byte order. A plain file is mapped into memory, not read.
struct NPY: ImageArrayFormat {
  let name = ".npy"

  func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: NPYHeader.magic) ? .images : nil
  }

  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    var reader = try ByteReader(file)
    return try Self.header(&reader)
  }

  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    var reader = try ByteReader(file)
    let header = try Self.header(&reader)
    let size = try header.byteCount()
    guard size <= reader.remaining else {
      let error = header.mismatch(declared: size, held: reader.remaining)
      throw ImageDataError.incomplete(file, error.problem)
    }
    let bytes = try reader.rest(size, "\(header.shapeText) numbers")
    return try StoredArray(header, bytes: bytes)
  }

  private static func header(_ reader: inout ByteReader) throws(ImageDataError) -> ArrayHeader {
    try NPYHeader.read(reader.file) { count throws(ImageDataError) in try reader.read(count) }
  }
}
