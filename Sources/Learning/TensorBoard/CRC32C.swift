/// The checksum of Castagnoli's polynomial, as iSCSI (RFC 3720) and TensorBoard's files use it.
struct CRC32C {
  private var register: UInt32 = ~0

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      register = register >> 8 ^ Self.table[Int((register ^ UInt32(byte)) & 255)]
    }
  }

  /// The checksum.
  var value: UInt32 { ~register }

  /// Turned by 15 bits and shifted, as in TensorFlow's record files: a checksum of bytes that hold
  /// their own checksum is weak.
  var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }
}
