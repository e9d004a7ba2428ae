import Foundation

/// NumPy's .npz: a zip archive of .npy files, stored (`numpy.savez`) or deflated
/// (`numpy.savez_compressed`).
public struct NPZ: ImageArrayFormat {
  public let name = ".npz"

  public init() {}

  public func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) ? .images : nil
  }

  public func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let archive = try ZipArchive(file)
    return try find(variable, in: archive).header
  }

  public func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let archive = try ZipArchive(file)
    let (entry, header, start) = try find(variable, in: archive)
    let size = try header.byteCount()
    guard entry.size - start == size else {
      throw header.error(
        "declares \(header.shapeText) numbers (\(header.type)), which is \(size) bytes, but holds "
          + "\(entry.size - start)",
        remedy: "the file is damaged: copy or download it again")
    }
    return try StoredArray(header, bytes: archive.unpack(entry).dropFirst(start))
  }

  /// The arrays in `file`, by their names, in the order of the file.
  ///
  /// - Throws: where the archive is damaged. Entries that are no plain numbers are passed over.
  public func arrays(in file: URL) throws(ImageDataError) -> [(name: String, shape: [Int])] {
    let archive = try ZipArchive(file)
    return archive.entries.compactMap { entry in
      (try? Self.header(entry, in: archive)).map { (Self.name(entry), $0.header.shape) }
    }
  }

  /// Writes arrays, stored, as `numpy.savez` does; whole or not at all.
  ///
  /// - Parameter texts: files beside the arrays, by their names: `numpy.load` gives their bytes.
  /// - Throws: where the file cannot be written, or would be larger than 4 GB.
  public func write(
    _ arrays: [(name: String, array: NumPyArray<Float>)],
    texts: [(name: String, text: String)] = [], to file: URL
  ) throws(ImageDataError) {
    var output = try OutputFile(for: file)
    var directory = Data()
    var position = 0
    let entries =
      arrays.map { ($0.name + ".npy", $0.array.data) } + texts.map { ($0.name, Data($0.text.utf8)) }
    for (name, data) in entries {
      guard position + data.count < Int(UInt32.max) - (1 << 20) else {
        throw ImageDataError(
          file: file, "would be larger than 4 GB", remedy: "write .npy files instead")
      }
      let (local, central) = Self.headers(
        name, size: data.count, checksum: checksum(data), offset: position)
      try output.write(local)
      try output.write(data)
      directory += central
      position += local.count + data.count
    }
    try output.write(Self.directory(directory, entries: entries.count, offset: position))
    try output.commit()
  }

  /// The list of entries that ends an archive, `offset` bytes after its start.
  static func directory(_ centralHeaders: Data, entries: Int, offset: Int) -> Data {
    let count = bytes(UInt16(entries))
    return centralHeaders + bytes(UInt32(0x0605_4B50)) + Data(count: 4) + count + count
      + bytes(UInt32(centralHeaders.count)) + bytes(UInt32(offset)) + Data(count: 2)
  }

  /// An entry's header, before its data and in the list at the end.
  static func headers(
    _ name: String, size: Int, checksum: UInt32, offset: Int
  ) -> (local: Data, central: Data) {
    let size = bytes(UInt32(size))
    // Version 2.0; name in UTF-8; stored; 1 January 1980, so that equal arrays make equal files.
    let common =
      bytes(UInt16(20)) + bytes(UInt16(0x0800)) + bytes(UInt16(0)) + bytes(UInt16(0))
      + bytes(UInt16(0x21)) + bytes(checksum) + size + size
      + bytes(UInt16(name.utf8.count)) + bytes(UInt16(0))
    return (
      bytes(UInt32(0x0403_4B50)) + common + Data(name.utf8),
      bytes(UInt32(0x0201_4B50)) + bytes(UInt16(20)) + common + Data(count: 10)
        + bytes(UInt32(offset)) + Data(name.utf8)
    )
  }

  private static func bytes(_ number: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: number.littleEndian) { Data($0) }
  }

  private typealias Found = (entry: ZipArchive.Entry, header: ArrayHeader, start: Int)

  private func find(
    _ variable: String?, in archive: ZipArchive
  ) throws(ImageDataError) -> Found {
    let entries = archive.entries.filter { !$0.name.hasSuffix("/") }
    func find(_ name: String) throws(ImageDataError) -> Found {
      guard let entry = entries.first(where: { Self.name($0) == name }) else {
        throw NamedArrays.noSuch(name, entries.map(Self.name), in: archive.file)
      }
      let (header, start) = try Self.header(entry, in: archive)
      return (entry, header, start)
    }
    if let variable { return try find(variable) }
    var arrays: [(String, [Int])] = []
    var firstError: ImageDataError?
    for entry in entries {
      do {
        arrays.append((Self.name(entry), try Self.header(entry, in: archive).header.shape))
      } catch {
        firstError = firstError ?? error
      }
    }
    if arrays.isEmpty, let firstError { throw firstError }
    return try find(NamedArrays.only(arrays, in: archive.file))
  }

  private static func header(
    _ entry: ZipArchive.Entry, in archive: ZipArchive
  ) throws(ImageDataError) -> (header: ArrayHeader, start: Int) {
    let head = try archive.unpack(entry, upTo: NPYHeader.longest + 12)
    var position = 0
    do {
      let header = try NPYHeader(file: archive.file) { count in
        defer { position = min(position + count, head.count) }
        return [UInt8](head.dropFirst(position).prefix(count))
      }
      return (
        ArrayHeader(
          file: archive.file, variable: name(entry), shape: header.shape, type: header.type,
          isColumnMajor: header.isColumnMajor),
        position
      )
    } catch {
      throw ImageDataError(
        file: archive.file, "variable \(name(entry)): \(error.problem)", remedy: error.remedy)
    }
  }

  /// "images" for the entry "images.npy".
  private static func name(_ entry: ZipArchive.Entry) -> String {
    entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
  }
}
