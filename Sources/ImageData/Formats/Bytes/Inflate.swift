import CZlib
import Foundation

/// How deflated bytes are wrapped.
enum DeflateWrapper: Int32 {
  /// Not at all: in zip archives.
  case none = -15
  /// With a checksum: in MATLAB files.
  case zlib = 15
}

/// Unpacks up to `limit` bytes from the start of `packed`; fewer where they end before.
///
/// - Returns: nil where they are damaged or incomplete.
func inflated(_ packed: Data, _ wrapper: DeflateWrapper, limit: Int) -> Data? {
  var stream = z_stream()
  let status = inflateInit2_(
    &stream, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  precondition(status == Z_OK, "zlib's inflateInit2 returned \(status)")
  defer { inflateEnd(&stream) }
  // No more than the bytes can be: deflate shrinks to no less than 1/1032.
  var unpacked = Data(count: min(limit, packed.count * 1032 + 64))
  let filled: Int? = packed.withUnsafeBytes { input in
    unpacked.withUnsafeMutableBytes { output in
      let source = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
      let target = output.bindMemory(to: UInt8.self).baseAddress
      var (read, written) = (0, 0)
      while written < output.count {
        let inputSize = min(input.count - read, 1 << 30)
        let outputSize = min(output.count - written, 1 << 30)
        stream.next_in = source?.advanced(by: read)
        stream.avail_in = UInt32(inputSize)
        stream.next_out = target?.advanced(by: written)
        stream.avail_out = UInt32(outputSize)
        let status = inflate(&stream, Z_NO_FLUSH)
        let (consumed, produced) = (
          inputSize - Int(stream.avail_in), outputSize - Int(stream.avail_out)
        )
        (read, written) = (read + consumed, written + produced)
        if status == Z_STREAM_END { break }
        guard status == Z_OK, consumed + produced > 0 else { return nil }
      }
      return written
    }
  }
  return filled.map { unpacked.prefix($0) }
}
