import CZlib
import Foundation

/// The checksum of gzip and PNG (ISO 3309), added up piece by piece.
package struct CRC32 {
  private var sum = CZlib.crc32(0, nil, 0)

  /// That of no bytes.
  package init() {}

  /// Goes on with the bytes that follow.
  package mutating func add(_ bytes: some ContiguousBytes) {
    let sum = sum
    self.sum = bytes.withUnsafeBytes {
      crc32_z(sum, $0.bindMemory(to: UInt8.self).baseAddress, $0.count)
    }
  }

  /// Eight hexadecimal digits, in lower case.
  package var digits: String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
