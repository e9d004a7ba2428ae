/// A value as Python writes it: what the header of a .npy file consists of.
enum PythonLiteral: Hashable {
  case text(String)
  case integer(Int)
  /// An integer of more digits than `Int` has.
  case large(String)
  case bool(Bool)
  case none
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  /// Of two equal keys the last counts, as in Python.
  case dictionary([String: PythonLiteral])

  /// nil where `text` is not one value, with nothing but blanks around it.
  init?(_ text: String) {
    var parser = Parser(rest: Array(text.utf8)[...])
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipBlanks()
    guard parser.rest.isEmpty else { return nil }
    self = value
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>

    private static let deepest = 32

    mutating func skipBlanks() {
      rest = rest.drop { $0 == 0x20 || (9...13).contains($0) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      skipBlanks()
      guard depth < Self.deepest, let first = rest.first else { return nil }
      switch Unicode.Scalar(first) {
      case "'", "\"": return text().map { .text($0) }
      case "(":
        guard let (values, hasComma) = values(until: ")", depth: depth) else { return nil }
        // (5) is 5.
        return values.count == 1 && !hasComma ? values[0] : .tuple(values)
      case "[": return values(until: "]", depth: depth).map { .list($0.0) }
      case "{": return dictionary(depth: depth)
      case "-", "+", "0"..."9": return integer()
      default: return word()
      }
    }

    private mutating func word() -> PythonLiteral? {
      let letters = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
      rest = rest.dropFirst(letters.count)
      switch String(decoding: letters, as: UTF8.self) {
      case "True": return .bool(true)
      case "False": return .bool(false)
      case "None": return PythonLiteral.none
      // Strings of Python 2, and of bytes.
      case "u" where rest.first == 0x27 || rest.first == 0x22, "b" where rest.first == 0x27:
        return text().map { .text($0) }
      default: return nil
      }
    }

    private mutating func text() -> String? {
      guard let quote = rest.popFirst() else { return nil }
      var bytes: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == quote { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
        // What is behind a backslash never ends a string.
        if byte == UInt8(ascii: "\\"), let next = rest.popFirst() { bytes.append(next) }
      }
      return nil
    }

    private mutating func integer() -> PythonLiteral? {
      let isNegative = rest.first == UInt8(ascii: "-")
      if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      let isHexadecimal = rest.starts(with: "0x".utf8) || rest.starts(with: "0X".utf8)
      if isHexadecimal { rest = rest.dropFirst(2) }
      let digits = rest.prefix { byte in
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
          || (isHexadecimal && ((0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)))
      }
      rest = rest.dropFirst(digits.count)
      // Python 2's long integers.
      if rest.first == UInt8(ascii: "L") { rest.removeFirst() }
      if digits.isEmpty { return nil }
      let text =
        (isNegative ? "-" : "")
        + String(decoding: digits.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
      return Int(text, radix: isHexadecimal ? 16 : 10).map { .integer($0) } ?? .large(text)
    }

    private mutating func values(
      until end: Unicode.Scalar, depth: Int
    ) -> ([PythonLiteral], hasComma: Bool)? {
      rest.removeFirst()
      var (values, hasComma): ([PythonLiteral], Bool) = ([], false)
      while !take(end) {
        if !values.isEmpty && !hasComma { return nil }
        guard let value = value(depth: depth + 1) else { return nil }
        values.append(value)
        hasComma = take(",")
      }
      return (values, hasComma)
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
      rest.removeFirst()
      var (values, hasComma): ([String: PythonLiteral], Bool) = ([:], true)
      while !take("}") {
        guard hasComma, case .text(let key)? = value(depth: depth + 1), take(":"),
          let value = value(depth: depth + 1)
        else { return nil }
        values[key] = value
        hasComma = take(",")
      }
      return .dictionary(values)
    }
  }
}
