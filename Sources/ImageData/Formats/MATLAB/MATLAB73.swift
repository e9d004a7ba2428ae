import Foundation

/// A MATLAB file of version 7.3, which is HDF5, or another HDF5 file, read by libhdf5.
///
/// HDF5 is not safe against every damage, so that another process reads the file, the program
/// `MATLAB.reader`: where the file makes it crash, that is an error here like any other.
struct MATLAB73 {
  let file: URL
  /// The program that reads it; nil where there is none.
  var reader = MATLAB.reader

  init(_ file: URL) { self.file = file }

  func header(of variable: String?) throws(ImageDataError) -> ArrayHeader {
    let reading = try MATLAB73Process(reader, file, variable, sendsNumbers: false)
    let header = try Self.choose(variable, from: reading.variables(), in: file)
    try reading.finish()
    return header
  }

  func array(_ variable: String?) throws(ImageDataError) -> StoredArray {
    let reading = try MATLAB73Process(reader, file, variable, sendsNumbers: true)
    let header = try Self.choose(variable, from: reading.variables(), in: file)
    let count = try header.byteCount()
    guard let size = fileSize(file), Self.allows(count, from: size) else {
      throw header.error(
        "declares \(header.shapeText) numbers (\(header.type)), which is \(count) bytes, but the "
          + "file has \(fileSize(file) ?? 0)",
        remedy: "the file is incomplete: copy or download it again")
    }
    try MemoryNeeds.requireUnpacked(count, of: file)
    guard try reading.number() == count else {
      throw header.error(
        "its numbers are damaged or incomplete", remedy: "copy or download the file again")
    }
    let bytes = try reading.bytes(count)
    try reading.finish()
    return try StoredArray(header, bytes: Data(bytes))
  }

  /// The array of that name, or the only one that could be images.
  static func choose(
    _ wanted: String?, from variables: [MATLAB73Variable], in file: URL
  ) throws(ImageDataError) -> ArrayHeader {
    try variables.map { $0.array(in: file) }.choose(wanted, in: file)
  }

  /// Whether a file of `size` bytes can hold `count` bytes of numbers: deflate shrinks to no less
  /// than 1/1032.
  static func allows(_ count: Int, from size: Int) -> Bool {
    mayUnpack(size, to: count) && count / 1032 <= size
  }
}
