import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is written beside its place, under another name, and takes its place when it is
/// complete: nobody sees half a file. Left without `commit`, it is removed.
struct TemporaryFile: ~Copyable {
  /// Where the file will be.
  let target: URL
  private let path: String
  private let descriptor: Int32

  init(for target: URL) throws(ImageDataError) {
    self.target = target
    path =
      target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))").path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else {
      throw ImageDataError(
        file: target, "cannot be written: \(systemFailure())",
        remedy: "name a file in an existing folder that you may write to")
    }
  }

  deinit {
    close(descriptor)
    // Nothing is there where the file has taken its place.
    unlink(path)
  }

  /// Appends.
  mutating func write(_ data: Data) throws(ImageDataError) {
    try writeAll(data, to: descriptor, file: target)
  }

  /// Writes over the file's start; what is appended next still goes to its end.
  mutating func overwriteStart(_ bytes: [UInt8]) throws(ImageDataError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure() }
    try write(Data(bytes))
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw failure() }
  }

  /// Waits until the bytes are on the disk, and puts the file in its place.
  consuming func commit() throws(ImageDataError) {
    guard fsync(descriptor) == 0, rename(path, target.path) == 0 else { throw failure() }
  }

  private func failure() -> ImageDataError {
    ImageDataError(
      file: target, "cannot be written: \(systemFailure())",
      remedy: "nothing was changed; free some space or choose another folder")
  }
}

/// The system's reason for its last failure.
func systemFailure() -> String { String(cString: strerror(errno)) }

/// Writes all of `data` to a file, pipe or terminal.
func writeAll(_ data: Data, to descriptor: Int32, file: URL) throws(ImageDataError) {
  let problem: String? = data.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while let base = rest.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: rest).baseAddress {
      let count = write(descriptor, base, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        return systemFailure()
      }
      rest = rest.dropFirst(count)
    }
    return nil
  }
  if let problem {
    throw ImageDataError(
      file: file, "cannot be written: \(problem)",
      remedy: "free some space or choose another folder")
  }
}
