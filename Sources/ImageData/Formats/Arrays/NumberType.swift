/// How a number is stored: its kind, and the order of its bytes.
package struct NumberType: Hashable, Sendable, CustomStringConvertible {
  /// Signed, unsigned or floating point, and the number of bits.
  package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64
  }

  /// Signed, unsigned or floating point, and the number of bits.
  package var kind: Kind
  /// Whether the most significant byte comes first.
  package var isBigEndian: Bool

  /// A type, little-endian by default.
  package init(_ kind: Kind, isBigEndian: Bool = false) {
    self.kind = kind
    self.isBigEndian = isBigEndian
  }

  /// Bytes per number.
  package var size: Int {
    switch kind {
    case .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// "uint16, big-endian"
  package var description: String {
    kind.rawValue + (size > 1 && isBigEndian ? ", big-endian" : "")
  }

  /// Converts `count` numbers, `stride` bytes from one to the next, to the nearest `Scalar`.
  func convert<Scalar: BinaryFloatingPoint>(
    _ source: UnsafeRawPointer, stride: Int, count: Int, into target: UnsafeMutablePointer<Scalar>
  ) {
    func fill(_ value: (Int) -> Scalar) {
      for index in 0..<count { (target + index).initialize(to: value(index * stride)) }
    }
    switch kind {
    case .int8: fill { Scalar(source.load(fromByteOffset: $0, as: Int8.self)) }
    case .uint8: fill { Scalar(source.load(fromByteOffset: $0, as: UInt8.self)) }
    case .int16: fill { Scalar(word(source, $0) as Int16) }
    case .uint16: fill { Scalar(word(source, $0) as UInt16) }
    case .int32: fill { Scalar(word(source, $0) as Int32) }
    case .uint32: fill { Scalar(word(source, $0) as UInt32) }
    case .int64: fill { Scalar(word(source, $0) as Int64) }
    case .uint64: fill { Scalar(word(source, $0) as UInt64) }
    case .float16: fill { Scalar(Self.half(word(source, $0))) }
    case .float32: fill { Scalar(Float(bitPattern: word(source, $0))) }
    case .float64: fill { Scalar(Double(bitPattern: word(source, $0))) }
    }
  }

  private func word<Word: FixedWidthInteger>(_ source: UnsafeRawPointer, _ offset: Int) -> Word {
    let stored = source.loadUnaligned(fromByteOffset: offset, as: Word.self)
    return isBigEndian ? Word(bigEndian: stored) : Word(littleEndian: stored)
  }

  /// The half-precision number (IEEE 754 binary16) with these bits. Not every processor that Swift
  /// runs on has `Float16`.
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits) & 1023
    switch exponent {
    case 0:
      let magnitude = Float(fraction) / 16_777_216
      return sign == 0 ? magnitude : -magnitude
    case 31:
      return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
