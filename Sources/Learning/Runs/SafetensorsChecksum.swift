import Foundation
import ImageData

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
    var sum = CRC32()
    sum.add(file[..<digits.lowerBound])
    sum.add(Data(Self.zeros.utf8))
    sum.add(file[digits.upperBound...])
    return Data(sum.digits.utf8)
  }
}
