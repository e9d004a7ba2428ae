import CArchive
import Foundation

/// The hash SHA-256 of bytes that come piece by piece, which libarchive computes for its lists of
/// files (mtree).
package final class SHA256 {
  private let archive = archive_write_new()
  private var list = Data()

  package init() {
    archive_write_set_format_mtree(archive)
    archive_write_set_options(archive, "mtree:!all,mtree:sha256")
    archive_write_open(
      archive, Unmanaged.passUnretained(self).toOpaque(), nil,
      { _, context, bytes, count in
        guard let context, let bytes else { return -1 }
        let hash = Unmanaged<SHA256>.fromOpaque(context).takeUnretainedValue()
        hash.list.append(Data(bytes: bytes, count: count))
        return count
      }, nil)
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, "file")
    archive_entry_set_filetype(entry, 0o100000)
    // The length is not known yet: the longest there is.
    archive_entry_set_size(entry, .max)
    archive_write_header(archive, entry)
  }

  deinit { archive_write_free(archive) }

  /// All of a file, unpacked first where it is gzipped and `unpacked` says so.
  convenience init(of file: URL, unpacked: Bool = false) throws(ImageDataError) {
    self.init()
    if unpacked {
      var reader = try ByteReader(file)
      while case let piece = try reader.read(1 << 20), !piece.isEmpty { update(piece) }
    } else {
      let input = try InputFile(path: file.path)
      while case let piece = try input.read(1 << 20), !piece.isEmpty { update(piece) }
    }
  }

  package func update(_ bytes: [UInt8]) { archive_write_data(archive, bytes, bytes.count) }

  /// The hash as 64 hexadecimal digits; nothing can be added afterwards.
  ///
  /// - Throws: where libarchive was built without this hash.
  package func finished() throws(ImageDataError) -> String {
    archive_write_close(archive)
    guard let match = String(decoding: list, as: UTF8.self).firstMatch(of: /sha256digest=(\w+)/)
    else {
      throw ImageDataError(
        "files cannot be verified: this libarchive was built without SHA-256",
        remedy: "install one with it, such as Debian's libarchive13 or Homebrew's libarchive")
    }
    return String(match.1)
  }
}
