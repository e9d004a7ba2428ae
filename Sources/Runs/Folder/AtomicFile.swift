import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes files whole or not at all.
enum AtomicFile {
  /// Writes beside `url` under another name, waits until the bytes are on the disk, renames.
  ///
  /// - Throws: a `RunError` with the system's reason, such as a full disk; what stood at `url` is
  ///   then as it was.
  static func write(_ data: Data, to url: URL) throws {
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8))")
    do {
      try writeSynchronised(data, to: temporary)
      guard rename(temporary.path, url.path) == 0 else { throw SystemFailure() }
    } catch let failure as SystemFailure {
      try? FileManager.default.removeItem(at: temporary)
      throw RunError(
        file: url, "cannot be written: \(failure.reason)",
        remedy: "nothing was changed; free some space or choose another folder")
    }
  }

  private static func writeSynchronised(_ data: Data, to url: URL) throws {
    let descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw SystemFailure() }
    defer { close(descriptor) }
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while let base = rest.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: rest).baseAddress {
        let count = Foundation.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw SystemFailure()
        }
        rest = rest.dropFirst(count)
      }
    }
    guard fsync(descriptor) == 0 else { throw SystemFailure() }
  }

  private struct SystemFailure: Error {
    let reason = String(cString: strerror(errno))
  }
}
