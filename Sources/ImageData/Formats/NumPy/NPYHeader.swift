import Foundation

/// The start of a .npy file: magic, version, length, and a Python dictionary that says
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }`.
///
/// NumPy Enhancement Proposal 1, versions 1 to 3.
struct NPYHeader: Hashable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read: one of plain numbers needs less than 200 bytes.
  static let longest = 1 << 16

  var shape: [Int]
  var type: NumberType
  var isColumnMajor: Bool

  init(shape: [Int], type: NumberType, isColumnMajor: Bool = false) {
    (self.shape, self.type, self.isColumnMajor) = (shape, type, isColumnMajor)
  }

  /// Reads the header, and no byte more.
  ///
  /// - Parameter next: that many of the next bytes, or fewer where the file ends.
  init(
    file: URL, next: (Int) throws(ImageDataError) -> [UInt8]
  ) throws(ImageDataError) {
    func bytes(_ count: Int) throws(ImageDataError) -> [UInt8] {
      let bytes = try next(count)
      guard bytes.count == count else {
        throw ImageDataError(
          file: file, "ends inside its header",
          remedy: "the file is incomplete: copy or download it again")
      }
      return bytes
    }
    let magic = try next(6)
    if magic.isEmpty { throw ImageDataError(file: file, "is empty", remedy: "expected .npy") }
    guard magic == Self.magic else {
      throw ImageDataError(
        file: file, "is not a .npy file",
        remedy: "one starts with \\x93NUMPY: write it by numpy.save")
    }
    let version = try bytes(2)[0]
    guard (1...3).contains(version) else {
      throw ImageDataError(
        file: file, "is of the unknown .npy version \(version)", remedy: "known are 1, 2 and 3")
    }
    let length = try bytes(version == 1 ? 2 : 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longest else {
      throw ImageDataError(
        file: file, "declares a header of \(length) bytes", remedy: "at most \(Self.longest)")
    }
    let text = String(decoding: try bytes(length), as: UTF8.self)
    do {
      self = try Self.parse(text)
    } catch {
      throw error.located(in: file)
    }
  }

  private static func parse(_ text: String) throws(ImageDataError) -> NPYHeader {
    func value(_ key: String) throws(ImageDataError) -> Substring {
      guard
        let name = text.firstRange(of: "'\(key)'") ?? text.firstRange(of: "\"\(key)\""),
        let colon = text[name.upperBound...].firstIndex(of: ":")
      else {
        throw ImageDataError("has a header without \(key)", remedy: "the file is damaged")
      }
      return text[text.index(after: colon)...].drop { $0 == " " }
    }
    let order = try value("fortran_order")
    guard order.hasPrefix("True") || order.hasPrefix("False") else {
      throw ImageDataError("has a header with a damaged fortran_order", remedy: "True or False")
    }
    let tuple = try value("shape")
    guard tuple.first == "(", let end = tuple.firstIndex(of: ")") else {
      throw ImageDataError("has a header with a damaged shape", remedy: "expected (N, D)")
    }
    var shape: [Int] = []
    for part in tuple[..<end].dropFirst().split(separator: ",") {
      let digits = part.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let length = Int(digits), length >= 0 else {
        throw ImageDataError("declares an axis of length \(digits)", remedy: "0 or more")
      }
      shape.append(length)
    }
    return NPYHeader(
      shape: shape, type: try type(value("descr")), isColumnMajor: order.hasPrefix("True"))
  }

  /// The type that NumPy calls "<f4".
  private static func type(_ text: Substring) throws(ImageDataError) -> NumberType {
    guard let quote = text.first, quote == "'" || quote == "\"",
      let end = text.dropFirst().firstIndex(of: quote)
    else {
      throw ImageDataError(
        "holds records of several fields", remedy: "expected an array of plain numbers")
    }
    let name = text[..<end].dropFirst()
    let kinds: [Substring: NumberType.Kind] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "u1": .uint8, "u2": .uint16, "u4": .uint32,
      "u8": .uint64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "b1": .int8,
    ]
    guard let order = name.first, "<>|=".contains(order), let kind = kinds[name.dropFirst()] else {
      let meaning =
        switch name.dropFirst().first {
        case "O": "Python objects"
        case "c": "complex numbers"
        case "U", "S": "text"
        default: "numbers of an unknown type"
        }
      throw ImageDataError(
        "holds \(meaning) (\(name))",
        remedy: "convert them: array.astype('float32') before numpy.save")
    }
    return NumberType(kind, isBigEndian: order == ">")
  }

  /// The header as the bytes of version 1.0, padded to a multiple of 64.
  ///
  /// - Parameter length: pads to this many bytes, so that a longer shape can be written over it.
  func bytes(length: Int = 0) -> [UInt8] {
    let code =
      switch type.kind {
      case .float16: "f2"
      case .float32: "f4"
      case .float64: "f8"
      case .uint8: "u1"
      case .uint16: "u2"
      case .uint32: "u4"
      case .uint64: "u8"
      case .int8: "i1"
      case .int16: "i2"
      case .int32: "i4"
      case .int64: "i8"
      }
    let descr = (type.size == 1 ? "|" : type.isBigEndian ? ">" : "<") + code
    let tuple = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = isColumnMajor ? "True" : "False"
    var text = Array(
      "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': (\(tuple)), }".utf8)
    let total = max(length, (10 + text.count + 1 + 63) / 64 * 64)
    text += Array(repeating: 0x20, count: total - 10 - text.count - 1) + [0x0A]
    precondition(text.count <= 65535, "a shape of \(shape.count) axes")
    return Self.magic + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
  }
}
