import Files
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file or stream that is read from its start to its end, and closed when nobody holds it.
final class InputFile: Sendable {
  /// The file's name in messages.
  let file: URL
  private let descriptor: Int32
  private let isOwned: Bool

  /// Opens the file at `path`, or standard input where it is "-".
  init(path: String) throws(ImageDataError) {
    isOwned = path != "-"
    file = URL(filePath: isOwned ? path : "/dev/stdin")
    descriptor = isOwned ? SystemPath.with(path) { open($0, O_RDONLY | O_CLOEXEC) } : STDIN_FILENO
    guard descriptor >= 0 else {
      throw ImageDataError(
        file: file, "cannot be read: \(systemFailure())", remedy: "expected a file, or -")
    }
  }

  /// Reads what somebody else has opened, and will close.
  init(stream descriptor: Int32) {
    file = URL(filePath: "/dev/stdin")
    self.descriptor = descriptor
    isOwned = false
  }

  deinit {
    if isOwned, descriptor >= 0 { close(descriptor) }
  }

  /// The bytes that are left; nil where this is a stream, which does not know.
  var remaining: Int? {
    let start = lseek(descriptor, 0, SEEK_CUR)
    guard start >= 0 else { return nil }
    let end = lseek(descriptor, 0, SEEK_END)
    lseek(descriptor, start, SEEK_SET)
    return Int(end - start)
  }

  /// What has been read, in bytes from the start; 0 of a stream.
  var position: Int { max(0, Int(lseek(descriptor, 0, SEEK_CUR))) }

  /// All bytes, from the first: those of more than 16 MiB are mapped into memory.
  func contents() throws(ImageDataError) -> Data {
    if let length = remaining, length > 1 << 24 {
      let map = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0)
      if let map, map != MAP_FAILED {
        return Data(bytesNoCopy: map, count: length, deallocator: .unmap)
      }
    }
    return Data(try read(.max))
  }

  /// The next `count` bytes, or fewer where the file ends. Memory is taken as they come: 64 KiB at
  /// first, then as much as there is, 4 MiB at most.
  ///
  /// - Parameter position: where they lie, in bytes from the file's start; nil goes on from what was
  ///   read last.
  func read(_ count: Int, at position: Int? = nil) throws(ImageDataError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let filled = bytes.count
      let wanted = min(count - filled, max(1 << 16, min(filled, 1 << 22)))
      bytes.append(contentsOf: repeatElement(0, count: wanted))
      let received = bytes.withUnsafeMutableBytes { buffer in
        let target = buffer.baseAddress?.advanced(by: filled)
        guard let position else { return readBytes(descriptor, target, wanted) }
        return pread(descriptor, target, wanted, off_t(position + filled))
      }
      let problem = received < 0 && errno != EINTR ? systemFailure() : nil
      bytes.removeLast(wanted - max(0, received))
      if let problem { throw ImageDataError(file: file, "cannot be read: \(problem)") }
      if received == 0 { break }
    }
    return bytes
  }
}

/// The system's `read`, out of the shadow of the method.
private func readBytes(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  read(descriptor, buffer, count)
}
