/// Reads messages of protocol buffers, as far as the tests of what is written need it.
struct ProtobufReader {
  enum Value: Equatable {
    case varint(UInt64)
    case eightBytes(UInt64)
    case counted([UInt8])
    case fourBytes(UInt32)
  }

  /// Fields in the order of the message.
  private(set) var fields: [(number: Int, value: Value)] = []

  /// nil where the bytes are no message.
  init?(_ bytes: some Collection<UInt8>) {
    var rest = Array(bytes)[...]
    func fixed<Word: FixedWidthInteger>(_ type: Word.Type) -> Word? {
      let size = MemoryLayout<Word>.size
      guard rest.count >= size else { return nil }
      defer { rest = rest.dropFirst(size) }
      return rest.prefix(size).reversed().reduce(0) { $0 << 8 | Word($1) }
    }
    func varint() -> UInt64? {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    while !rest.isEmpty {
      guard let key = varint() else { return nil }
      let value: Value?
      switch key & 7 {
      case 0: value = varint().map(Value.varint)
      case 1: value = fixed(UInt64.self).map(Value.eightBytes)
      case 2:
        guard let count = varint(), count <= rest.count else { return nil }
        value = .counted(Array(rest.prefix(Int(count))))
        rest = rest.dropFirst(Int(count))
      case 5: value = fixed(UInt32.self).map(Value.fourBytes)
      default: value = nil
      }
      guard let value else { return nil }
      fields.append((Int(key >> 3), value))
    }
  }

  private func values(_ number: Int) -> [Value] {
    fields.filter { $0.number == number }.map(\.value)
  }

  func integers(_ number: Int) -> [Int] {
    values(number).compactMap { if case .varint(let value) = $0 { Int(value) } else { nil } }
  }

  func data(_ number: Int) -> [[UInt8]] {
    values(number).compactMap { if case .counted(let bytes) = $0 { bytes } else { nil } }
  }

  func texts(_ number: Int) -> [String] { data(number).map { String(decoding: $0, as: UTF8.self) } }

  func messages(_ number: Int) -> [ProtobufReader] { data(number).compactMap(ProtobufReader.init) }

  func floats(_ number: Int) -> [Float] {
    values(number).compactMap {
      if case .fourBytes(let bits) = $0 { Float(bitPattern: bits) } else { nil }
    }
  }

  func doubles(_ number: Int) -> [Double] {
    values(number).compactMap {
      if case .eightBytes(let bits) = $0 { Double(bitPattern: bits) } else { nil }
    }
  }
}
