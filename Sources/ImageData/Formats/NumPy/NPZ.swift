import Files
import Foundation

/// NumPy's .npz: a zip archive of .npy files, stored (`numpy.savez`) or deflated
/// (`numpy.savez_compressed`).
public struct NPZ: ImageArrayFormat {
  let name = ".npz"
  let readsGzipped = false

  /// The format; it has no settings.
  public init() {}

  func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) ? .images : nil
  }

  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let found = try entries(of: file)
    if let first = found.first, found.allSatisfy({ $0.shape == nil }) {
      if let kind = try Self.otherKind(of: file) { throw kind }
      if variable == nil { return try first.header.get() }
    }
    return try found.choose(variable, in: file)
  }

  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let wanted = try header(of: file, variable: variable)
    let archive = try ArchiveReader(file, .zip)
    while let entry = try archive.next() {
      guard Self.name(entry) == wanted.variable else { continue }
      let (header, start) = try Self.header(of: entry, in: archive)
      let size = try header.byteCount()
      let held = entry.size - start
      guard held >= size else { throw header.mismatch(declared: size, held: held) }
      try MemoryNeeds.requireUnpacked(held, of: file)
      // The checksum is that of all.
      let bytes = try archive.rest(held)
      NPY.remark(
        held - size, startingWith: Array(bytes.dropFirst(size).prefix(NPYHeader.magic.count)),
        behind: header)
      return try StoredArray(header, bytes: bytes.prefix(size))
    }
    throw wanted.error("is there no longer", remedy: "leave the file as it is while it is read")
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
  func entries(of file: URL) throws(ImageDataError) -> [NamedArray] {
    let archive = try ArchiveReader(file, .zip)
    var entries: [NamedArray] = []
    while let entry = try archive.next() {
      let header = Result { () throws(ImageDataError) in
        try Self.header(of: entry, in: archive).header
      }
      entries.append(NamedArray(name: Self.name(entry), header: header))
    }
    return entries
  }

  /// Whether a zip archive holds arrays, or cannot be read, which is then to be said.
  static func holdsArrays(_ file: URL) -> Bool { (try? otherKind(of: file)) ?? nil == nil }

  /// What a zip archive is that holds no array; nil where it is to hold some.
  private static func otherKind(of file: URL) throws(ImageDataError) -> ImageDataError? {
    let archive = try ArchiveReader(file, .zip)
    var paths: [String] = []
    while let entry = try archive.next() { paths.append(entry.path) }
    func has(_ isWanted: (String) -> Bool) -> Bool { paths.contains(where: isWanted) }
    if has({ $0.hasSuffix(".npy") }) { return nil }
    if has({ $0.hasSuffix("data.pkl") }) {
      return .unsupported(
        "what torch.save wrote", in: file,
        remedy: "in Python: numpy.save('x.npy', torch.load('\(file.shownName)').numpy())")
    }
    let endings = Set(imageFormats.flatMap(\.fileExtensions))
    let pictures = paths.filter { path in
      endings.contains(URL(filePath: path).pathExtension.lowercased())
    }
    let unpack = "unpack it, and name the folder"
    if !pictures.isEmpty {
      return .unsupported(
        "a zip archive of pictures (\(pictures.count), the first is \(pictures[0]))", in: file,
        remedy: unpack)
    }
    let list = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? ", …" : "")
    return .unsupported(
      "a zip archive of \(paths.count) file\(paths.count == 1 ? "" : "s") (\(list))", in: file,
      remedy: "unpack it; expected arrays that numpy.savez wrote")
  }

  /// The header at the start of an entry, and its length in bytes.
  private static func header(
    of entry: ArchiveReader.Entry, in archive: ArchiveReader
  ) throws(ImageDataError) -> (header: ArrayHeader, length: Int) {
    let (file, name) = (archive.file, name(entry))
    var length = 0
    do throws(ImageDataError) {
      let header = try NPYHeader.read(file, variable: name) { count throws(ImageDataError) in
        let bytes = try archive.read(count)
        length += bytes.count
        return [UInt8](bytes)
      }
      return (header, length)
    } catch {
      throw ImageDataError(file: file, "variable \(name): \(error.problem)", remedy: error.remedy)
    }
  }

  /// "images" for the entry "images.npy".
  private static func name(_ entry: ArchiveReader.Entry) -> String {
    entry.path.hasSuffix(".npy") ? String(entry.path.dropLast(4)) : entry.path
  }
}
