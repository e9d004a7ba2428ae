import Foundation

/// Takes files out of a .tar or .tar.gz, one after the other, without holding more than one.
///
/// POSIX ustar, with GNU's and PAX's long names. Links, devices and folders are passed over: they
/// are no data.
struct TarArchive {
  let file: URL

  /// The largest entry that is read: more is no picture.
  static let largestEntry = 1 << 30

  /// Calls `body` with the path and content of every file that `isWanted`.
  ///
  /// - Throws: where the archive is damaged, or an entry leads out of it.
  func forEach(
    where isWanted: (String) -> Bool,
    _ body: (String, [UInt8]) throws(ImageDataError) -> Void
  ) throws(ImageDataError) {
    var reader = try ByteReader(file)
    var longName: String?
    while true {
      let header = try reader.read(512)
      // Two blocks of zeros end the archive; some writers leave them out.
      if header.isEmpty || header.allSatisfy({ $0 == 0 }) {
        // To the end, where a gzipped file has its checksum.
        while try !reader.read(1 << 20).isEmpty {}
        return
      }
      guard header.count == 512, Self.checksumHolds(header),
        let size = Self.octal(header[124..<136]), size <= Self.largestEntry
      else { throw damaged }
      let path = longName ?? Self.path(header)
      longName = nil
      let padded = (size + 511) / 512 * 512
      let kind = header[156]
      switch kind {
      case UInt8(ascii: "L"), UInt8(ascii: "x"):
        guard size <= 1 << 16 else { throw damaged }
        let content = try read(padded, from: &reader).prefix(size)
        longName =
          kind == UInt8(ascii: "L")
          ? Self.text(content) : Self.extendedPath(content)
      case UInt8(ascii: "0"), 0:
        guard staysInside(path) else {
          throw ImageDataError(
            file: file, "its entry \(path) leads out of the archive",
            remedy: "the archive is damaged, or made to do harm")
        }
        let wanted = isWanted(path)
        if wanted {
          try body(path, Array(try read(padded, from: &reader).prefix(size)))
        } else {
          try skip(padded, in: &reader)
        }
      default:
        try skip(padded, in: &reader)
      }
    }
  }

  private var damaged: ImageDataError {
    ImageDataError(
      file: file, "is no tar archive, or damaged", remedy: "copy or download the file again")
  }

  private func read(
    _ count: Int, from reader: inout ByteReader
  ) throws(ImageDataError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = try reader.read(min(count - bytes.count, 1 << 20))
      guard !piece.isEmpty else {
        throw ImageDataError(
          file: file, "ends inside an entry",
          remedy: "the file is incomplete: copy or download it again")
      }
      bytes += piece
    }
    return bytes
  }

  private func skip(_ count: Int, in reader: inout ByteReader) throws(ImageDataError) {
    var rest = count
    while rest > 0 {
      rest -= try read(min(rest, 1 << 20), from: &reader).count
    }
  }

  private static func path(_ header: [UInt8]) -> String {
    let isPOSIX = header[257..<262].elementsEqual("ustar".utf8)
    let prefix = isPOSIX ? text(header[345..<500]) : ""
    let name = text(header[0..<100])
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  /// The value of "path" among records such as "27 path=images/train/1.jpg\n".
  private static func extendedPath(_ content: ArraySlice<UInt8>) -> String? {
    for record in String(decoding: content, as: UTF8.self).split(separator: "\n") {
      guard let space = record.firstIndex(of: " ") else { continue }
      let pair = record[record.index(after: space)...]
      if pair.hasPrefix("path=") { return String(pair.dropFirst(5)) }
    }
    return nil
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
    let digits = text(bytes).filter { $0 != " " }
    return Int(digits.isEmpty ? "0" : digits, radix: 8)
  }

  private static func checksumHolds(_ header: [UInt8]) -> Bool {
    let sum = header.indices.reduce(0) { sum, index in
      sum + ((148..<156).contains(index) ? 32 : Int(header[index]))
    }
    return octal(header[148..<156]) == sum
  }
}
