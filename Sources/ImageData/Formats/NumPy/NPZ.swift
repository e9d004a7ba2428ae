import Foundation

/// NumPy's .npz: a zip archive of .npy files, stored (`numpy.savez`) or deflated
/// (`numpy.savez_compressed`).
public struct NPZ: ImageArrayFormat {
  public let name = ".npz"

  /// The format; it has no settings.
  public init() {}

  public func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) ? .images : nil
  }

  public func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let found = try headers(in: file)
    if let variable {
      guard let header = found.first(where: { $0.name == variable })?.header else {
        throw NamedArrays.noSuch(variable, found.map(\.name), in: file)
      }
      return try header.get()
    }
    let arrays = found.compactMap { entry in
      (try? entry.header.get()).map { (name: entry.name, shape: $0.shape) }
    }
    if arrays.isEmpty, let first = found.first { return try first.header.get() }
    return try header(of: file, variable: NamedArrays.only(arrays, in: file))
  }

  public func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let wanted = try header(of: file, variable: variable)
    let archive = try ArchiveReader(file, .zip)
    while let entry = try archive.next() {
      guard Self.name(entry) == wanted.variable else { continue }
      let (header, start) = try Self.header(of: entry, in: archive)
      let size = try header.byteCount()
      guard entry.size - start == size else {
        throw header.error(
          "declares \(header.shapeText) numbers (\(header.type)), which is \(size) bytes, but "
            + "holds \(entry.size - start)",
          remedy: "the file is damaged: copy or download it again")
      }
      return try StoredArray(header, bytes: archive.rest(size))
    }
    throw wanted.error("is there no longer", remedy: "leave the file as it is while it is read")
  }

  /// The arrays in `file`, by their names, in the order of the file.
  ///
  /// - Throws: where the archive is damaged. Entries that hold no plain numbers are passed over.
  public func arrays(in file: URL) throws(ImageDataError) -> [(name: String, shape: [Int])] {
    try headers(in: file).compactMap { entry in
      (try? entry.header.get()).map { (entry.name, $0.shape) }
    }
  }

  /// Writes arrays, stored, as `numpy.savez` does; whole or not at all.
  ///
  /// - Parameter texts: files beside the arrays, by their names: `numpy.load` gives their bytes.
  /// - Throws: where the file cannot be written.
  public func write(
    _ arrays: [(name: String, array: NumPyArray<Float>)],
    texts: [(name: String, text: String)] = [], to file: URL
  ) throws(ImageDataError) {
    var archive = try ZipWriter(file)
    let entries =
      arrays.map { ($0.name + ".npy", $0.array.data) } + texts.map { ($0.name, Data($0.text.utf8)) }
    for (name, data) in entries {
      try archive.begin(name, size: data.count)
      try archive.write(data)
    }
    try archive.commit()
  }

  /// What each entry says about its array, or why it is none.
  private func headers(
    in file: URL
  ) throws(ImageDataError) -> [(name: String, header: Result<ArrayHeader, ImageDataError>)] {
    let archive = try ArchiveReader(file, .zip)
    var headers: [(String, Result<ArrayHeader, ImageDataError>)] = []
    while let entry = try archive.next() {
      do throws(ImageDataError) {
        let header = try Self.header(of: entry, in: archive).header
        headers.append((Self.name(entry), .success(header)))
      } catch {
        headers.append((Self.name(entry), .failure(error)))
      }
    }
    return headers
  }

  /// The header at the start of an entry, and its length in bytes.
  private static func header(
    of entry: ArchiveReader.Entry, in archive: ArchiveReader
  ) throws(ImageDataError) -> (header: ArrayHeader, length: Int) {
    var length = 0
    do throws(ImageDataError) {
      let header = try NPYHeader(file: archive.file) { count throws(ImageDataError) in
        let bytes = try archive.read(count)
        length += bytes.count
        return [UInt8](bytes)
      }
      return (
        ArrayHeader(
          file: archive.file, variable: name(entry), shape: header.shape, type: header.type,
          isColumnMajor: header.isColumnMajor),
        length
      )
    } catch {
      throw ImageDataError(
        file: archive.file, "variable \(name(entry)): \(error.problem)", remedy: error.remedy)
    }
  }

  /// "images" for the entry "images.npy".
  private static func name(_ entry: ArchiveReader.Entry) -> String {
    entry.path.hasSuffix(".npy") ? String(entry.path.dropLast(4)) : entry.path
  }
}
