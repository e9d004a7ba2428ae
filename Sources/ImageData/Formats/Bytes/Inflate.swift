import CZlib
import Foundation

/// Unpacks up to `limit` bytes from the start of what zlib has packed; fewer where they end before.
///
/// - Returns: nil where they are damaged or incomplete.
func inflated(_ packed: Data, limit: Int) -> Data? {
  // No more than the bytes can be: deflate shrinks to no less than 1/1032.
  var unpacked = Data(count: min(limit, packed.count * 1032 + 64))
  var count = uLongf(unpacked.count)
  let status = packed.withUnsafeBytes { input in
    unpacked.withUnsafeMutableBytes { output in
      uncompress(
        output.bindMemory(to: UInt8.self).baseAddress, &count,
        input.bindMemory(to: UInt8.self).baseAddress, uLong(input.count))
    }
  }
  // What there is beyond the limit is not asked for.
  guard status == Z_OK || (status == Z_BUF_ERROR && Int(count) == unpacked.count) else {
    return nil
  }
  return unpacked.prefix(Int(count))
}

/// Whether `packed` bytes may become `size` bytes, so that a small file cannot fill the memory:
/// 256 MB are harmless; beyond that, no images shrink to less than 1/200.
func mayUnpack(_ packed: Int, to size: Int) -> Bool { size <= 1 << 28 || size / 200 <= packed }
