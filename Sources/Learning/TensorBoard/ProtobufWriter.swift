/// Writes messages of Google's protocol buffers: a key (number and kind of a field) before each
/// value.
///
/// Only what ONNX models and TensorBoard's events need.
package struct ProtobufWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  private enum Kind: UInt64 {
    case varint = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: Int, _ kind: Kind) {
    varint(UInt64(field) << 3 | kind.rawValue)
  }

  private mutating func littleEndian(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// An `int32`, `int64`, `bool` or enum.
  package mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A `float`.
  package mutating func float(_ field: Int, _ value: Float) {
    key(field, .fourBytes)
    littleEndian(value.bitPattern)
  }

  /// A `double`.
  package mutating func double(_ field: Int, _ value: Double) {
    key(field, .eightBytes)
    littleEndian(value.bitPattern)
  }

  /// `bytes`, or an encoded message.
  package mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
    key(field, .counted)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A `string`.
  package mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  /// Packed `double`s.
  package mutating func doubles(_ field: Int, _ values: [Double]) {
    key(field, .counted)
    varint(UInt64(values.count * 8))
    for value in values { littleEndian(value.bitPattern) }
  }

  /// A message, written by `body`.
  package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    data(field, inner.bytes)
  }
}
