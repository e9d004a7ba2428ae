import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Files that appear whole or not at all.
enum WholeFile {
  /// Writes `bytes` beside `path` under another name, then renames.
  ///
  /// - Throws: `FigureError.notWritten`; the file beside is then removed.
  static func write(_ bytes: [UInt8], to path: String) throws(FigureError) {
    let temporary = "\(path).\(UUID().uuidString).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if file < 0 { throw failure(path) }
    var error = append(bytes, to: file, path: path)
    if error == nil && fsync(file) != 0 { error = failure(path) }
    if close(file) != 0 && error == nil { error = failure(path) }
    if error == nil && rename(temporary, path) != 0 { error = failure(path) }
    if let error {
      unlink(temporary)
      throw error
    }
  }

  /// Writes all of `bytes`; returns why not where the system refuses.
  private static func append(_ bytes: [UInt8], to file: Int32, path: String) -> FigureError? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return failure(path)
      }
      rest = rest.dropFirst(written)
    }
    return nil
  }

  /// What the system says about its last refusal.
  private static func failure(_ path: String) -> FigureError {
    .notWritten(path: path, reason: String(cString: strerror(errno)))
  }
}

/// The C library's `write`, whose name `WholeFile` takes for its own.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
