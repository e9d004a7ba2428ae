import Files
import Foundation

/// Keeps other processes from training a run: held from the moment that a run is made or resumed
/// until it stops, ends, or is given up.
final class RunLock {
  private let folder: RunFolder
  private var lock: FileLock?

  /// - Throws: a `RunError` where another process trains the run.
  init(_ folder: RunFolder) throws {
    self.folder = folder
    try take()
  }

  /// Takes the lock where it is not held.
  func take() throws { lock = try lock ?? folder.lock() }

  func release() { lock = nil }

  /// Locks the run again, whose configuration was replaced.
  func renew() throws {
    release()
    try take()
  }
}
