import Foundation

/// A lock on a file, which the system releases when the process that holds it ends, however it ends.
///
/// Where the file system has no locks, as some that are shared over a network, nothing is locked.
package final class FileLock {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The lock on a file; nil where another holds it.
  package static func taken(on file: URL) -> FileLock? {
    while true {
      let lock = FileLock(opened(file))
      guard lock.descriptor >= 0 else { return lock }
      guard tryToLock(lock.descriptor) else { return nil }
      // Another file may have taken its place in between.
      if isStill(file, lock.descriptor) { return lock }
    }
  }

  /// Takes the lock on an open file; false where another holds it.
  static func tryToLock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  /// To be written where that is allowed: shared file systems lock only what can be.
  private static func opened(_ file: URL) -> Int32 {
    let descriptor = open(file.path, O_RDWR | O_CLOEXEC)
    return descriptor >= 0 ? descriptor : open(file.path, O_RDONLY | O_CLOEXEC)
  }

  private static func isStill(_ file: URL, _ descriptor: Int32) -> Bool {
    var (here, there) = (stat(), stat())
    guard fstat(descriptor, &here) == 0, stat(file.path, &there) == 0 else { return true }
    return here.st_ino == there.st_ino && here.st_dev == there.st_dev
  }
}
