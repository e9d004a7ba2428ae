import Foundation
import Testing

@testable import ImageData

/// A file of the folder `Reference`.
func reference(_ name: String) throws -> URL {
  let folder = try #require(Bundle.module.resourceURL).appending(path: "Reference")
  return folder.appending(path: name)
}

/// Names the `svae` command that was built beside this test's resources: it reads MATLAB 7.3 files.
func findReader() {
  MATLAB.reader = Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "svae")
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) throws -> ImageDataError {
  var failure: ImageDataError?
  do {
    try body()
  } catch let error as ImageDataError {
    failure = error
  }
  return try #require(failure, "nothing was thrown")
}

extension FixedWidthInteger {
  /// The bytes, the most significant first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// An IDX file: header, then `payload`.
func idx(type: UInt8 = 0x08, dimensions: [UInt32], payload: [UInt8]) -> Data {
  Data(
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap(\.bigEndianBytes) + payload)
}

/// `data`, gzipped with stored blocks only: what a reader must unpack, without a compressor.
func gzipped(_ data: Data) -> Data {
  var result = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
  for start in stride(from: 0, to: data.count, by: 65535) {
    let block = data[start..<min(start + 65535, data.count)]
    let size = UInt16(block.count)
    result.append(start + 65535 >= data.count ? 1 : 0)
    result.append(contentsOf: [UInt8(size & 255), UInt8(size >> 8)])
    result.append(contentsOf: [UInt8(~size & 255), UInt8(~size >> 8)])
    result.append(block)
  }
  result.append(contentsOf: crc32(data).bigEndianBytes.reversed())
  result.append(contentsOf: UInt32(data.count).bigEndianBytes.reversed())
  return result
}

/// The checksum of gzip and PNG (ISO 3309).
func crc32(_ data: Data) -> UInt32 {
  var crc = UInt32.max
  for byte in data {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}

/// The header of an entry in a tar archive.
func tarHeader(_ name: String, _ size: Int, kind: Character = "0") -> Data {
  var header = [UInt8](repeating: 0, count: 512)
  func put(_ text: String, _ position: Int) {
    for (offset, byte) in text.utf8.enumerated() { header[position + offset] = byte }
  }
  put(name, 0)
  put("0000644", 100)
  let digits = String(size, radix: 8)
  put(String(repeating: "0", count: 11 - digits.count) + digits, 124)
  put(String(repeating: " ", count: 8), 148)
  put(String(kind), 156)
  put("ustar", 257)
  let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
  put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", 148)
  return Data(header)
}

/// A file of up to 512 bytes in a tar archive.
func tar(_ name: String, _ text: String) -> Data {
  tarHeader(name, text.utf8.count) + Data(text.utf8) + Data(count: 512 - text.utf8.count)
}
