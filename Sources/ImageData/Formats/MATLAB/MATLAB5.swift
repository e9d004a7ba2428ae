import Foundation

/// The variables of a MATLAB file of version 5 or 7, read without trusting what it declares.
///
/// A header of 128 bytes, then elements: type, size, bytes. A variable is an element of elements:
/// flags, dimensions, name, numbers; in version 7 deflated. "MAT-File Format", The MathWorks.
struct MATLAB5 {
  struct Variable {
    var array: NamedArray
    /// Where its numbers start and end, in the unpacked element.
    var numbers: Range<Int>
    /// Its element in the file.
    var element: Data
    var isDeflated: Bool
  }

  private let file: URL
  private let data: Data
  private let isBigEndian: Bool

  init(_ file: URL, _ data: Data) throws(ImageDataError) {
    guard data.count >= 128 else {
      throw ImageDataError.incomplete(file, "ends inside its header")
    }
    (self.file, self.data) = (file, data)
    isBigEndian = data.dropFirst(126).prefix(2).elementsEqual("MI".utf8)
  }

  /// All variables, without their numbers.
  func variables() throws(ImageDataError) -> [Variable] {
    var variables: [Variable] = []
    var rest = data.dropFirst(128)
    while !rest.isEmpty {
      guard let element = element(rest) else { throw incomplete(after: variables.last?.array.name) }
      rest = rest.dropFirst(element.end)
      if let variable = try variable(element) { variables.append(variable) }
    }
    return variables
  }

  /// The array of that name, or the only one that could be images.
  func array(_ name: String?) throws(ImageDataError) -> StoredArray {
    let variables = try variables()
    let header = try variables.map(\.array).choose(name, in: file)
    guard let variable = variables.first(where: { $0.array.name == header.variable }) else {
      throw incomplete(after: nil)
    }
    let size = try header.byteCount()
    guard variable.numbers.count == size else {
      throw header.mismatch(declared: size, held: variable.numbers.count)
    }
    var content = variable.element
    if variable.isDeflated {
      let packed = content.count
      guard mayUnpack(packed, to: size) else {
        throw header.error(
          "would unpack from \(packed) to \(size) bytes",
          remedy: "if that is right, save it without compression")
      }
      try MemoryNeeds.requireUnpacked(size, of: file)
      guard let unpacked = inflated(content, limit: variable.numbers.upperBound) else {
        throw header.error(
          "its compressed numbers are damaged", remedy: "copy or download the file again")
      }
      content = unpacked
    }
    guard content.count >= variable.numbers.upperBound else { throw incomplete(after: nil) }
    let start = content.startIndex
    return try StoredArray(
      header,
      bytes: content[start + variable.numbers.lowerBound..<start + variable.numbers.upperBound])
  }

  private struct Element {
    var type: Int
    /// The bytes, after the tag; fewer than `size` where only the start was unpacked.
    var bytes: Data
    var size: Int
    /// Where the bytes start, and where the next element does.
    var start, end: Int
  }

  /// The element at the start of `bytes`; nil where it ends beyond them.
  private func element(_ bytes: Data, isWhole: Bool = true) -> Element? {
    guard bytes.count >= 8 else { return nil }
    let (first, second) = (number(bytes, 0), number(bytes, 4))
    // Up to four bytes lie beside their size, in the second half of the tag.
    if first >> 16 != 0 {
      let size = first >> 16
      guard size <= 4 else { return nil }
      return Element(
        type: first & 0xFFFF, bytes: bytes.dropFirst(4).prefix(size), size: size, start: 4, end: 8)
    }
    let available = bytes.count - 8
    guard second <= available || !isWhole else { return nil }
    // Elements are padded to eight bytes, except for deflated ones.
    let padded = first == 15 ? second : (second + 7) / 8 * 8
    return Element(
      type: first, bytes: bytes.dropFirst(8).prefix(second), size: second, start: 8,
      end: 8 + min(padded, max(available, second)))
  }

  private func number(_ bytes: Data, _ offset: Int) -> Int {
    let field = bytes.dropFirst(offset).prefix(4)
    let value = field.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Int(isBigEndian ? value : value.byteSwapped)
  }

  /// Reads flags, dimensions and name; nil for elements that are not variables.
  private func variable(_ outer: Element) throws(ImageDataError) -> Variable? {
    var content = outer.bytes
    var offset = 0
    if outer.type == 15 {
      // Flags, dimensions and name lie in the first bytes.
      guard let unpacked = inflated(outer.bytes, limit: 4096),
        let matrix = element(unpacked, isWhole: false), matrix.type == 14
      else {
        throw ImageDataError.damaged(file, "has a damaged compressed variable")
      }
      content = unpacked.dropFirst(8)
      offset = 8
    } else if outer.type != 14 {
      return nil
    }
    func next(isWhole: Bool = true) -> Element? {
      guard let element = element(content, isWhole: isWhole) else { return nil }
      content = content.dropFirst(element.end)
      offset += element.end
      return element
    }
    guard let flags = next(), flags.size == 8, let dimensions = next(), let title = next() else {
      throw incomplete(after: nil)
    }
    let word = number(flags.bytes, 0)
    let (code, isComplex, isLogical) = (word & 255, word & 0x800 != 0, word & 0x200 != 0)
    let shape = stride(from: 0, to: dimensions.size, by: 4).map { number(dimensions.bytes, $0) }
    let name = String(decoding: title.bytes, as: UTF8.self)
    func variable(_ array: NamedArray, _ numbers: Range<Int>) -> Variable {
      Variable(
        array: array, numbers: numbers, element: outer.bytes, isDeflated: outer.type == 15)
    }
    guard !isComplex, (6...15).contains(code) else {
      let other: OtherVariable
      if isComplex && code > 5 {
        other = .complex
      } else if code == 2 {
        let fields = fields(next(isWhole: false), next(isWhole: false))
        other = .structure(fields: fields)
      } else {
        other = Self.others[code] ?? .kind("not an array of numbers")
      }
      return variable(NamedArray(name, other, in: file), 0..<0)
    }
    let before = offset
    guard let numbers = next(isWhole: outer.type == 14) else { throw incomplete(after: name) }
    guard let type = Self.types[numbers.type] else {
      throw ImageDataError(
        file: file, "variable \(name): numbers of the unknown type \(numbers.type)",
        remedy: "the file is damaged: copy or download it again")
    }
    // Numbers of any class are stored as bytes where that is possible.
    let header = ArrayHeader(
      file: file, variable: name, shape: shape,
      type: NumberType(type, isBigEndian: isBigEndian), isColumnMajor: true, imageAxis: .last,
      bytesAreNumbers: code != 9 || isLogical)
    let start = before + numbers.start
    return variable(
      NamedArray(name: name, header: .success(header)), start..<start + numbers.size)
  }

  /// The names of a struct's fields: their common length, then all of them, padded with zeros.
  private func fields(_ length: Element?, _ names: Element?) -> [String] {
    guard let length, length.bytes.count >= 4, let names else { return [] }
    let width = number(length.bytes, 0)
    guard (1...4096).contains(width) else { return [] }
    let bytes = Array(names.bytes)
    return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
      String(decoding: bytes[start..<start + width].prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// How numbers are stored.
  private static let types: [Int: NumberType.Kind] = [
    1: .int8, 2: .uint8, 3: .int16, 4: .uint16, 5: .int32, 6: .uint32, 7: .float32, 9: .float64,
    12: .int64, 13: .uint64,
  ]

  private static let others: [Int: OtherVariable] = [
    1: .cells, 3: .kind("an object"), 4: .text, 5: .sparse, 16: .kind("a function"),
    17: .kind("a string or table, which only MATLAB reads"),
  ]

  private func incomplete(after name: String?) -> ImageDataError {
    .incomplete(file, "ends inside a variable" + (name.map { ", after \($0)" } ?? ""))
  }
}
