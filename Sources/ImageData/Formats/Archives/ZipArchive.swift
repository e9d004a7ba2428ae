import CZlib
import Foundation

/// The entries of a zip archive, stored or deflated, read without trusting what it declares.
///
/// APPNOTE.TXT 6.3; archives over 4 GB (zip64) too.
struct ZipArchive: Sendable {
  struct Entry: Hashable, Sendable {
    var name: String
    var isDeflated: Bool
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    /// Where its local header starts.
    var offset: Int
  }

  let file: URL
  let entries: [Entry]
  private let data: Data

  /// An entry may unpack to this many bytes, and to more if it does not grow beyond
  /// `largestGrowth`: what grows more is no picture.
  static let harmlessSize = 1 << 28
  static let largestGrowth = 200

  /// - Throws: where the file is no archive, is damaged, or is made to do harm: entries that
  ///   overlap, lead out of the archive, or unpack to hundreds of times their size.
  init(_ file: URL) throws(ImageDataError) {
    do {
      data = try Data(contentsOf: file, options: .mappedIfSafe)
    } catch {
      throw ImageDataError(file: file, "cannot be read: \(error.localizedDescription)")
    }
    self.file = file
    let bytes = ByteWindow(data, file: file)
    let (start, count) = try Self.directory(bytes)
    var entries: [Entry] = []
    var position = start
    for _ in 0..<count {
      let (entry, end) = try Self.entry(bytes, at: position)
      entries.append(entry)
      position = end
    }
    self.entries = entries
    try checkPlaces()
  }

  /// Unpacks up to `count` bytes from the start of an entry: all, where that is more.
  ///
  /// - Throws: where the entry is damaged. The checksum is compared where all is unpacked.
  func unpack(_ entry: Entry, upTo count: Int = .max) throws(ImageDataError) -> Data {
    let bytes = ByteWindow(data, file: file)
    let header = try bytes.range(entry.offset, 30)
    guard bytes.number(header, 0, 4) == 0x0403_4B50 else { throw damaged(entry) }
    let start = entry.offset + 30 + bytes.number(header, 26, 2) + bytes.number(header, 28, 2)
    let packed = try bytes.range(start, entry.packedSize)
    let wanted = min(count, entry.size)
    let unpacked: Data
    if entry.isDeflated {
      // One byte more than declared: an entry that goes on is damaged.
      let limit = wanted == entry.size ? wanted + 1 : wanted
      guard let inflated = inflated(packed, .none, limit: limit) else { throw damaged(entry) }
      unpacked = inflated
    } else {
      guard entry.packedSize == entry.size else { throw damaged(entry) }
      unpacked = packed.prefix(wanted)
    }
    guard unpacked.count == wanted else { throw damaged(entry) }
    if wanted == entry.size, checksum(unpacked) != entry.checksum { throw damaged(entry) }
    return unpacked
  }

  /// An error about one entry.
  func damaged(_ entry: Entry) -> ImageDataError {
    ImageDataError(
      file: file, "its entry \(entry.name) is damaged", remedy: "copy or download the file again")
  }

  /// Where the list of entries starts, and how many there are.
  private static func directory(_ bytes: ByteWindow) throws(ImageDataError) -> (Int, Int) {
    // It is announced at the end, before a comment of up to 65,535 bytes.
    let tail = 22
    var end = bytes.count - tail
    let limit = max(0, end - 65535)
    while end >= limit, bytes.number(at: end, 4) != 0x0605_4B50 { end -= 1 }
    guard end >= limit else {
      throw ImageDataError(
        file: bytes.file,
        bytes.count == 0 ? "is empty" : "is no zip archive, or ends before its list of entries",
        remedy: "the file is incomplete: copy or download it again")
    }
    var count = bytes.number(at: end + 10, 2) ?? 0
    var size = bytes.number(at: end + 12, 4) ?? 0
    var start = bytes.number(at: end + 16, 4) ?? 0
    if start == 0xFFFF_FFFF || count == 0xFFFF, bytes.number(at: end - 20, 4) == 0x0706_4B50,
      let large = bytes.number(at: end - 12, 8), bytes.number(at: large, 4) == 0x0606_4B50
    {
      count = bytes.number(at: large + 32, 8) ?? 0
      size = bytes.number(at: large + 40, 8) ?? 0
      start = bytes.number(at: large + 48, 8) ?? 0
    }
    // An entry of the list has at least 46 bytes.
    guard start <= end, size <= end - start, count <= size / 46 else {
      throw ImageDataError(
        file: bytes.file, "declares \(count) entries, more than its list can hold",
        remedy: "copy or download the file again")
    }
    return (start, count)
  }

  private static func entry(
    _ bytes: ByteWindow, at position: Int
  ) throws(ImageDataError) -> (Entry, end: Int) {
    let header = try bytes.range(position, 46)
    func number(_ offset: Int, _ size: Int) -> Int { bytes.number(header, offset, size) }
    let (nameLength, extraLength) = (number(28, 2), number(30, 2))
    let end = position + 46 + nameLength + extraLength + number(32, 2)
    let name = String(decoding: try bytes.range(position + 46, nameLength), as: UTF8.self)
    let method = number(10, 2)
    guard number(0, 4) == 0x0201_4B50, method == 0 || method == 8, number(8, 2) & 1 == 0 else {
      throw ImageDataError(
        file: bytes.file, "its entry \(name) is encrypted, damaged, or packed in an unknown way",
        remedy: "expected entries that are stored or deflated, as numpy.savez writes them")
    }
    var sizes = [number(24, 4), number(20, 4), number(42, 4)]
    var extra = try bytes.range(position + 46 + nameLength, extraLength)
    while extra.count >= 4 {
      let length = bytes.number(extra, 2, 2)
      var field = extra.dropFirst(4).prefix(length)
      if bytes.number(extra, 0, 2) == 1 {
        for index in sizes.indices where sizes[index] == 0xFFFF_FFFF && field.count >= 8 {
          sizes[index] = bytes.number(field, 0, 8)
          field = field.dropFirst(8)
        }
      }
      extra = extra.dropFirst(4 + length)
    }
    let entry = Entry(
      name: name, isDeflated: method == 8, checksum: UInt32(number(16, 4)), packedSize: sizes[1],
      size: sizes[0], offset: sizes[2])
    return (entry, end)
  }

  private func checkPlaces() throws(ImageDataError) {
    var last = 0
    for entry in entries.sorted(by: { $0.offset < $1.offset }) {
      guard entry.offset >= last, entry.packedSize <= data.count - min(entry.offset, data.count)
      else {
        throw ImageDataError(
          file: file, "its entry \(entry.name) overlaps another or reaches beyond the file",
          remedy: "the archive is damaged, or made to do harm")
      }
      last = entry.offset + entry.packedSize
      guard staysInside(entry.name) else {
        throw ImageDataError(
          file: file, "its entry \(entry.name) leads out of the archive",
          remedy: "the archive is damaged, or made to do harm")
      }
      guard
        entry.size <= Self.harmlessSize || entry.size / Self.largestGrowth <= entry.packedSize
      else {
        throw ImageDataError(
          file: file,
          "its entry \(entry.name) would unpack from \(entry.packedSize) to \(entry.size) bytes",
          remedy: "if that is right, unpack it yourself and name the .npy file")
      }
    }
  }
}

/// Whether an archive's path is relative and never leads up.
func staysInside(_ path: String) -> Bool {
  !path.isEmpty && !path.hasPrefix("/") && !path.contains("\\") && !path.contains("\0")
    && !path.split(separator: "/").contains("..")
}

/// Little-endian numbers in bytes that are not to be trusted.
private struct ByteWindow {
  let file: URL
  private let data: Data

  init(_ data: Data, file: URL) {
    (self.data, self.file) = (data, file)
  }

  var count: Int { data.count }

  func range(_ start: Int, _ length: Int) throws(ImageDataError) -> Data {
    guard start >= 0, length >= 0, start <= data.count, length <= data.count - start else {
      throw ImageDataError(
        file: file, "ends inside an entry",
        remedy: "the file is incomplete: copy or download it again")
    }
    return data[(data.startIndex + start)..<(data.startIndex + start + length)]
  }

  func number(at start: Int, _ size: Int) -> Int? {
    guard let bytes = try? range(start, size) else { return nil }
    return number(bytes, 0, size)
  }

  /// At most 2⁶² − 1, so that sums of two do not overflow.
  func number(_ bytes: Data, _ offset: Int, _ size: Int) -> Int {
    let field = bytes.dropFirst(offset).prefix(size)
    return Int(field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & (1 << 62 - 1))
  }
}

/// The checksum of zip and gzip (CRC-32).
func checksum(_ data: Data) -> UInt32 {
  data.withUnsafeBytes { bytes in
    var result = crc32(0, nil, 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      result = crc32(result, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
      rest = rest.dropFirst(piece.count)
    }
    return UInt32(result)
  }
}
