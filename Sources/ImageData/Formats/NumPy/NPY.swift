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
    let array = try StoredArray(header, bytes: reader.whole(size))
    // What is gzipped has its checksum at its end.
    var (start, count) = ([UInt8](), 0)
    while let piece = Optional(try reader.take(1 << 20)), !piece.isEmpty {
      if count == 0 { start = Array(piece.prefix(NPYHeader.magic.count)) }
      count += piece.count
    }
    Self.remark(count, startingWith: start, behind: header)
    return array
  }

  /// Says what lies behind an array: like numpy.load, all readers pass over it.
  ///
  /// - Parameter bytes: how many there are.
  static func remark(_ bytes: Int, startingWith start: [UInt8], behind header: ArrayHeader) {
    guard bytes > 0 else { return }
    let array = "its array of \(header.shapeText) numbers"
    DataNotice.say(
      header.file.path
        + (start == NPYHeader.magic
          ? ": holds several arrays, one behind the other, of which the first is read, \(array); "
            + "numpy.savez writes several into one file"
          : ": \(bytes) bytes lie behind \(array), and are passed over"))
  }

  /// The same of a file that is open behind its header.
  ///
  /// - Parameter size: the length of the array, in bytes.
  static func remark(
    behind size: Int, of header: ArrayHeader, in input: InputFile
  ) throws(ImageDataError) {
    guard let held = input.remaining, held > size else { return }
    let start = try input.read(NPYHeader.magic.count, at: input.position + size)
    remark(held - size, startingWith: start, behind: header)
  }

  private static func header(_ reader: inout ByteReader) throws(ImageDataError) -> ArrayHeader {
    try NPYHeader.read(reader.file) { count throws(ImageDataError) in try reader.read(count) }
  }
}
