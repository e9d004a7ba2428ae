import CTIFF
import Foundation

/// Bytes in memory that libtiff reads and writes as if they were a file.
final class TIFFMemory {
  private(set) var bytes: Data
  private var position = 0

  init(_ bytes: Data = Data()) { self.bytes = bytes }

  /// libtiff's handle on these bytes, to be closed before they go; nil where they are no TIFF.
  ///
  /// - Parameter mode: "r" or "w"; with "m" the library does not map the file into memory itself.
  func open(_ mode: String) -> OpaquePointer? {
    TIFFClientOpen(
      "image", mode, Unmanaged.passUnretained(self).toOpaque(),
      { handle, buffer, count in TIFFMemory.of(handle)?.read(buffer, Int(count)) ?? 0 },
      { handle, buffer, count in TIFFMemory.of(handle)?.write(buffer, Int(count)) ?? 0 },
      { handle, offset, origin in TIFFMemory.of(handle)?.seek(offset, origin) ?? toff_t.max },
      { _ in 0 }, { handle in toff_t(TIFFMemory.of(handle)?.bytes.count ?? 0) },
      { _, _, _ in 0 }, { _, _, _ in })
  }

  private static func of(_ handle: thandle_t?) -> TIFFMemory? {
    handle.map { Unmanaged<TIFFMemory>.fromOpaque($0).takeUnretainedValue() }
  }

  private func read(_ buffer: UnsafeMutableRawPointer?, _ count: Int) -> tmsize_t {
    guard let buffer else { return 0 }
    let start = bytes.startIndex + min(position, bytes.count)
    let end = min(start + count, bytes.endIndex)
    bytes.copyBytes(
      to: UnsafeMutableRawBufferPointer(start: buffer, count: end - start), from: start..<end)
    position += end - start
    return tmsize_t(end - start)
  }

  private func write(_ buffer: UnsafeMutableRawPointer?, _ count: Int) -> tmsize_t {
    guard let buffer, count >= 0 else { return 0 }
    let end = position + count
    if bytes.count < end { bytes.append(Data(count: end - bytes.count)) }
    bytes.replaceSubrange(position..<end, with: UnsafeRawBufferPointer(start: buffer, count: count))
    position = end
    return tmsize_t(count)
  }

  private func seek(_ offset: toff_t, _ origin: Int32) -> toff_t {
    let from =
      switch origin {
      case SEEK_CUR: position
      case SEEK_END: bytes.count
      default: 0
      }
    let target = Int(truncatingIfNeeded: offset) &+ from
    guard target >= 0 else { return toff_t.max }
    position = target
    return toff_t(target)
  }
}
