import Foundation

extension FixedWidthInteger {
  /// The bytes, the most significant first.
  public var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// An IDX file: header, then `payload`.
public func idx(type: UInt8 = 0x08, dimensions: [UInt32], payload: [UInt8]) -> Data {
  Data(
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap(\.bigEndianBytes) + payload)
}

/// `data`, gzipped with stored blocks only: what a reader must unpack, without a compressor.
public func gzipped(_ data: Data) -> Data {
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
public func crc32(_ data: Data) -> UInt32 {
  var crc = UInt32.max
  for byte in data {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}

/// The header of an entry in a tar archive.
public func tarHeader(_ name: String, _ size: Int, kind: Character = "0") -> Data {
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
public func tar(_ name: String, _ text: String) -> Data {
  tarHeader(name, text.utf8.count) + Data(text.utf8) + Data(count: 512 - text.utf8.count)
}

/// A grey TIFF of 8 × 8 pixels, one strip, little-endian.
public func tinyTIFF() -> Data {
  func word(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(value >> (8 * $0) & 255) }
  }
  let tags = [
    (256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 8), (279, 64),
  ]
  var bytes = Array("II".utf8) + word(42, 2) + word(72, 4) + (0..<64).map { UInt8($0 * 4) }
  bytes += word(tags.count, 2)
  for (tag, value) in tags { bytes += word(tag, 2) + word(4, 2) + word(1, 4) + word(value, 4) }
  return Data(bytes + word(0, 4))
}
