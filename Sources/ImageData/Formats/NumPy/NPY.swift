import Foundation

/// NumPy's .npy, plain or gzipped: an array of any plain numbers, in C or Fortran order, of either
/// byte order. A plain file is mapped into memory, not read.
public struct NPY: ImageArrayFormat {
  public let name = ".npy"

  /// The format; it has no settings.
  public init() {}

  public func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: NPYHeader.magic) ? .images : nil
  }

  public func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    var reader = try ByteReader(file)
    return try Self.header(&reader)
  }

  public func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    var reader = try ByteReader(file)
    let header = try Self.header(&reader)
    let size = try header.byteCount()
    guard size <= reader.remaining else {
      throw ImageDataError(
        file: file,
        "declares \(header.shapeText) numbers (\(header.type)), which is \(size) bytes, but holds "
          + "\(reader.remaining)",
        remedy: "the file is incomplete: copy or download it again")
    }
    let bytes = try reader.take(size)
    guard bytes.count == size else {
      throw ImageDataError(
        file: file, "ends after \(bytes.count) of \(size) bytes",
        remedy: "the file is incomplete: copy or download it again")
    }
    guard try reader.read(1).isEmpty else {
      throw ImageDataError(
        file: file, "goes on after the \(header.shapeText) numbers that its header declares",
        remedy: "the header or the file is damaged")
    }
    return try StoredArray(header, bytes: bytes)
  }

  private static func header(_ reader: inout ByteReader) throws(ImageDataError) -> ArrayHeader {
    let file = reader.file
    let header = try NPYHeader(file: file) { count throws(ImageDataError) in
      try reader.read(count)
    }
    return ArrayHeader(
      file: file, shape: header.shape, type: header.type, isColumnMajor: header.isColumnMajor)
  }
}
