import CZlib
import Foundation

/// The CRC-32 of a safetensors file, which its metadata holds as `"checksum": "crc32:0123abcd"`: that
/// of the whole file with zeros for these eight digits. Files of other programs have none.
struct SafetensorsChecksum {
  static let key = "checksum"
  static let placeholder = [key: "crc32:" + zeros]
  private static let zeros = "00000000"

  /// Where the digits lie.
  private let digits: Range<Int>

  /// The checksum that the header of `file` has a place for.
  init?(in file: Data, header: Range<Int>) {
    // Within a text, its quotation marks would be escaped.
    guard let start = file.range(of: Data("\"\(Self.key)\":\"crc32:".utf8), in: header)?.upperBound,
      start + 8 <= header.upperBound
    else { return nil }
    digits = start..<start + 8
  }

  func write(to file: inout Data) { file.replaceSubrange(digits, with: value(for: file)) }

  func isRight(for file: Data) -> Bool { file[digits] == value(for: file) }

  private func value(for file: Data) -> Data {
    let pieces = [file[..<digits.lowerBound], Data(Self.zeros.utf8), file[digits.upperBound...]]
    let checksum = pieces.reduce(crc32(0, nil, 0)) { sum, piece in
      piece.withUnsafeBytes { crc32_z(sum, $0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
    }
    let text = String(checksum, radix: 16)
    return Data((Self.zeros.dropFirst(text.count) + text).utf8)
  }
}
