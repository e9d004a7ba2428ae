import CArchive
import Files
import Foundation

/// Writes a zip archive, by libarchive: files as they are, without dates, so that equal contents
/// make equal archives. It appears complete or not at all.
struct ZipWriter: ~Copyable {
  private let archive: Archive
  private let output: OutputFile

  /// - Throws: where the archive cannot be created, or would be a stream.
  init(_ file: URL) throws(ImageDataError) {
    let output = try OutputFile(for: file)
    guard !output.isStream, let handle = archive_write_new() else {
      throw ImageDataError(file: file, "is not a file", remedy: "write .npy to it")
    }
    let archive = Archive(handle: handle)
    archive_write_set_format_zip(handle)
    archive_write_set_options(handle, "zip:compression=store")
    archive_write_set_bytes_per_block(handle, 1 << 20)
    archive_write_set_bytes_in_last_block(handle, 1)
    if archive_write_open_fd(handle, output.descriptor) < ARCHIVE_WARN {
      throw archive.failure(output.target)
    }
    self.archive = archive
    self.output = output
  }

  /// Where the archive will be.
  var target: URL { output.target }

  /// Begins a file of `size` bytes, all of which `write` is to append.
  mutating func begin(_ name: String, size: Int) throws(ImageDataError) {
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, Int64(size))
    archive_entry_set_filetype(entry, 0o100000)
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_mtime(entry, 0, 0)
    try check(archive_write_header(archive.handle, entry))
  }

  /// Appends to the file that was begun last.
  mutating func write(_ data: Data) throws(ImageDataError) {
    var rest = data
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes {
        archive_write_data(archive.handle, $0.baseAddress, $0.count)
      }
      guard written > 0 else { throw archive.failure(output.target) }
      rest = rest.dropFirst(Int(written))
    }
  }

  /// Completes the archive and puts it in its place.
  consuming func commit() throws(ImageDataError) {
    try check(archive_write_close(archive.handle))
    try output.commit()
  }

  private borrowing func check(_ status: Int32) throws(ImageDataError) {
    if status < ARCHIVE_WARN { throw archive.failure(output.target) }
  }

  /// The library's archive, freed with this value; one that is not complete writes nothing more.
  private final class Archive {
    let handle: OpaquePointer

    init(handle: OpaquePointer) { self.handle = handle }

    deinit {
      archive_write_fail(handle)
      archive_write_free(handle)
    }

    /// Why the last call failed.
    func failure(_ target: URL) -> ImageDataError {
      let code = archive_errno(handle)
      let reason =
        code > 0
        ? String(cString: strerror(code))
        : archive_error_string(handle).map { String(cString: $0) } ?? "unknown error"
      return ImageDataError(FileError(target, reason, remedy: freeSpace))
    }
  }
}
