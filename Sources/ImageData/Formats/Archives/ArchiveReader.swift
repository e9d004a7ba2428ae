import CArchive
import Files
import Foundation

/// Reads the files of a zip or tar archive one after the other, by libarchive, without trusting
/// what they declare. Folders, links and devices are passed over: they are not data.
final class ArchiveReader {
  /// A file in the archive.
  struct Entry: Hashable {
    /// Its path in the archive, which never leads out of it.
    var path: String
    /// Bytes, unpacked, as declared.
    var size: Int
  }

  enum Format: String {
    /// Entries come in the order in which they lie in the file.
    case zip
    /// Plain or gzipped.
    case tar
  }

  let file: URL
  private let format: Format
  private let handle: OpaquePointer
  private let source: ArchiveSource
  /// Whether this is a zip archive without entries, which libarchive does not recognise.
  private let isEmpty: Bool
  private var entry: Entry?

  init(_ file: URL, _ format: Format) throws(ImageDataError) {
    source = try ArchiveSource(file)
    guard let handle = archive_read_new() else {
      throw ImageDataError(file: file, "cannot be read: no memory is left")
    }
    (self.file, self.format, self.handle) = (file, format, handle)
    let head = format == .zip ? try source.head() : []
    isEmpty = head == Array("PK\u{5}\u{6}".utf8)
    if isEmpty { return }
    let status: Int32
    switch format {
    case .zip:
      archive_read_support_format_zip_seekable(handle)
      status = SystemPath.with(file.path) { archive_read_open_filename(handle, $0, 1 << 16) }
    case .tar:
      archive_read_support_format_tar(handle)
      let context = Unmanaged.passUnretained(source).toOpaque()
      status = archive_read_open(handle, context, nil, readArchive, nil)
    }
    if status != ARCHIVE_OK { throw damaged() }
  }

  deinit { archive_read_free(handle) }

  /// The next file; nil at the end.
  ///
  /// - Throws: where the archive is damaged or incomplete, or the file is encrypted, leads out of
  ///   the archive, or would unpack to hundreds of times the archive's size.
  func next() throws(ImageDataError) -> Entry? {
    while !isEmpty {
      var found: OpaquePointer?
      let status = archive_read_next_header(handle, &found)
      if status == ARCHIVE_EOF {
        // A gzipped archive has its checksum at its end.
        if format == .tar { try source.readToEnd() }
        return nil
      }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let found else { throw damaged() }
      let type = UInt32(archive_entry_filetype(found)) & 0o170000
      guard type == 0o100000 || type == 0, archive_entry_hardlink(found) == nil else { continue }
      let path = archive_entry_pathname_utf8(found) ?? archive_entry_pathname(found)
      let entry = Entry(
        path: path.map { String(cString: $0) } ?? "", size: Int(archive_entry_size(found)))
      try check(entry, isEncrypted: archive_entry_is_encrypted(found) != 0)
      self.entry = entry
      return entry
    }
    return nil
  }

  /// The next `count` bytes of the file, or fewer where it ends.
  ///
  /// - Throws: where the file is damaged or incomplete.
  func read(_ count: Int) throws(ImageDataError) -> Data {
    var bytes = Data(count: min(count, entry?.size ?? 0))
    var filled = 0
    while filled < bytes.count {
      let received = bytes.withUnsafeMutableBytes { buffer in
        archive_read_data(handle, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      // To the library, a wrong checksum is a warning.
      guard received >= 0 else { throw damaged() }
      if received == 0 { break }
      filled += Int(received)
    }
    return bytes.prefix(filled)
  }

  /// The `count` bytes that are left of the file, whose checksum is then compared.
  ///
  /// - Throws: where the file is damaged, or has fewer or more bytes.
  func rest(_ count: Int) throws(ImageDataError) -> Data {
    let bytes = try read(count)
    var excess: UInt8 = 0
    guard bytes.count == count, archive_read_data(handle, &excess, 1) == 0 else {
      throw damaged()
    }
    return bytes
  }

  private func check(_ entry: Entry, isEncrypted: Bool) throws(ImageDataError) {
    func refused(_ problem: String, _ remedy: String) -> ImageDataError {
      ImageDataError(file: file, "its entry \(entry.path) \(problem)", remedy: remedy)
    }
    let path = entry.path
    if path.isEmpty || path.hasPrefix("/") || path.contains("\\")
      || path.split(separator: "/").contains("..")
    {
      throw refused("leads out of the archive", "the archive is damaged or malicious")
    }
    if isEncrypted { throw refused("is encrypted", "decrypt it first") }
    let packed = source.sizeOnDisk
    guard entry.size >= 0, mayUnpack(packed, to: entry.size) else {
      throw refused(
        "would unpack from \(packed) to \(entry.size) bytes",
        "if that is right, unpack it yourself and name what is in it")
    }
  }

  /// An error about what was last read.
  private func damaged() -> ImageDataError {
    if let error = source.error { return error }
    if source.sizeOnDisk == 0 {
      return ImageDataError(file: file, "is empty", remedy: "expected a \(format) archive")
    }
    let problem: String
    if let entry {
      problem =
        source.hasEnded ? "ends inside an entry" : "is damaged at its entry \(entry.path)"
    } else {
      problem = "is not a \(format) archive, or is damaged or incomplete"
    }
    let reason = archive_error_string(handle).map { " (\(String(cString: $0)))" } ?? ""
    return .damaged(file, problem + reason)
  }
}

/// The bytes of a tar archive for libarchive: through `ByteReader`, which unpacks gzip and compares
/// its checksum, as libarchive does not.
private final class ArchiveSource {
  private var reader: ByteReader
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// Why the bytes could not be read.
  private(set) var error: ImageDataError?
  /// Whether more was asked for than there is.
  private(set) var hasEnded = false

  init(_ file: URL) throws(ImageDataError) { reader = try ByteReader(file) }

  deinit { piece.deallocate() }

  var sizeOnDisk: Int { reader.sizeOnDisk }

  /// The first four bytes, before anything else is read.
  func head() throws(ImageDataError) -> [UInt8] { try reader.read(4) }

  func readToEnd() throws(ImageDataError) {
    while try !reader.read(1 << 20).isEmpty {}
  }

  /// The next bytes, which stay where they are until the next call; nil where `error` says why.
  func next() -> UnsafeRawBufferPointer? {
    do throws(ImageDataError) {
      let bytes = try reader.read(piece.count)
      hasEnded = hasEnded || bytes.isEmpty
      piece.copyBytes(from: bytes)
      return UnsafeRawBufferPointer(rebasing: piece[..<bytes.count])
    } catch {
      self.error = error
      return nil
    }
  }
}

/// What libarchive calls with an `ArchiveSource`, for its next bytes.
private func readArchive(
  _: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
  _ target: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  guard let context,
    let bytes = Unmanaged<ArchiveSource>.fromOpaque(context).takeUnretainedValue().next()
  else { return Int(ARCHIVE_FATAL) }
  target?.pointee = bytes.baseAddress
  return bytes.count
}
