import Foundation

/// What a loss of power must not undo.
package enum Disk {
  /// Waits until the names in a folder are on the disk, as far as its file system can do so.
  ///
  /// - Returns: false where the disk failed.
  @discardableResult
  package static func sync(folder: URL) -> Bool {
    let descriptor = SystemPath.with(folder.path) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 || ![EIO, ENOSPC, EDQUOT].contains(errno)
  }

  /// Gives a complete file or folder its name, replacing a file of that name, for good.
  ///
  /// - Returns: false, with the reason in `errno`, where that fails.
  package static func rename(_ source: URL, to target: URL) -> Bool {
    let status = SystemPath.with(source.path) { source in
      SystemPath.with(target.path) { Foundation.rename(source, $0) }
    }
    return status == 0 && sync(folder: target.deletingLastPathComponent())
  }

  /// Waits until a file's bytes are on the disk, and gives it its name.
  package static func commit(_ source: URL, as target: URL) -> Bool {
    let descriptor = SystemPath.with(source.path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 && rename(source, to: target)
  }
}
