import Foundation

/// A file that is written beside its place, under another name, and takes its place when it is
/// complete: nobody sees half a file. Left without `commit`, it is removed.
///
/// Where the place is taken by a device or a pipe, such as `/dev/null`, that is written to.
package struct AtomicFile: ~Copyable {
  /// Where the file will be.
  package let target: URL
  /// Whether what is written is gone at once, and cannot be written over.
  package let isStream: Bool
  /// For libraries that write themselves: they append, and leave it open.
  package let descriptor: Int32
  private let path: String

  /// The file at `path`, or standard output where it is "-".
  package init(path: String) throws(FileError) {
    if path == "-" {
      self.init(standardOutput: URL(filePath: "/dev/stdout"))
    } else {
      try self.init(for: URL(filePath: path))
    }
  }

  private init(standardOutput: URL) {
    (target, isStream) = (standardOutput, true)
    (path, descriptor) = (standardOutput.path, STDOUT_FILENO)
  }

  /// The file at `target`, which stays as it is until `commit`.
  package init(for target: URL) throws(FileError) {
    self.target = target
    isStream = Self.isStream(target)
    if isStream {
      path = target.path
      descriptor = SystemPath.with(path) { open($0, O_WRONLY | O_CLOEXEC) }
    } else {
      path = TemporaryName.beside(target).path
      descriptor = SystemPath.with(path) {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
    }
    guard descriptor >= 0 else {
      throw FileError(
        target, systemFailure(), remedy: "name a file in an existing folder that you may write to")
    }
    // Tells what is being written from what a killed writer left.
    if !isStream { _ = FileLock.tryToLock(descriptor) }
  }

  deinit {
    if descriptor != STDOUT_FILENO { close(descriptor) }
    // Nothing is there where the file has taken its place.
    if !isStream { _ = SystemPath.with(path) { unlink($0) } }
  }

  /// Writes a file in one piece; what stood at `target` is as it was where that fails.
  package static func write(_ data: Data, to target: URL) throws(FileError) {
    var file = try AtomicFile(for: target)
    try file.write(data)
    try file.commit()
  }

  /// Appends.
  package mutating func write(_ data: Data) throws(FileError) {
    try writeAll(data, to: descriptor, file: target)
  }

  /// Writes at `position`, counted in bytes from the file's start; what is appended next still goes
  /// where it would have gone.
  ///
  /// - Precondition: this is not a stream.
  package mutating func write(_ data: Data, at position: Int) throws(FileError) {
    precondition(!isStream, "\(target.path) is a stream, in which nothing can be written over")
    let place = lseek(descriptor, 0, SEEK_CUR)
    guard place >= 0, lseek(descriptor, off_t(position), SEEK_SET) >= 0 else { throw failure() }
    try write(data)
    guard lseek(descriptor, place, SEEK_SET) >= 0 else { throw failure() }
  }

  /// Waits until the bytes are on the disk, and puts the file in its place.
  package consuming func commit() throws(FileError) {
    if isStream { return }
    guard fsync(descriptor) == 0, Disk.rename(URL(filePath: path), to: target) else {
      throw failure()
    }
  }

  private func failure() -> FileError { FileError(target, systemFailure(), remedy: freeSpace) }

  /// A device or a pipe: not to be replaced by a file.
  private static func isStream(_ url: URL) -> Bool {
    guard let status = SystemPath.status(url.path) else { return false }
    return [S_IFCHR, S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}

/// What to do about a file that cannot be written.
package let freeSpace = "nothing was changed; free some space or choose another folder"

/// Writes all of `data` to a file, pipe or terminal.
package func writeAll(_ data: Data, to descriptor: Int32, file: URL) throws(FileError) {
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
  if let problem { throw FileError(file, problem, remedy: freeSpace) }
}
