import Foundation

/// The start of a .npy file: magic, version, length, and a Python dictionary that says
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }`.
///
/// NumPy Enhancement Proposal 1, versions 1 to 3.
enum NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read: one of plain numbers needs less than 200 bytes.
  private static let longest = 1 << 16

  /// Reads the header, and no byte more.
  ///
  /// - Parameters:
  ///   - variable: the array's name, where the file is one of several in an archive.
  ///   - next: that many of the next bytes, or fewer where the file ends.
  static func read(
    _ file: URL, variable: String? = nil, next: (Int) throws(ImageDataError) -> [UInt8]
  ) throws(ImageDataError) -> ArrayHeader {
    func bytes(_ count: Int) throws(ImageDataError) -> [UInt8] {
      let bytes = try next(count)
      guard bytes.count == count else {
        throw ImageDataError.incomplete(file, "ends inside its header")
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
    guard length <= longest else {
      throw ImageDataError(
        file: file, "declares a header of \(length) bytes", remedy: "at most \(longest)")
    }
    let text = String(decoding: try bytes(length), as: UTF8.self)
    do {
      let order = try isColumnMajor(text)
      return ArrayHeader(
        file: file, variable: variable, shape: try shape(text), type: try type(text),
        isColumnMajor: order)
    } catch {
      throw error.located(in: file)
    }
  }

  /// What follows `key` in the dictionary.
  private static func value(
    _ key: String, in text: String
  ) throws(ImageDataError) -> Substring {
    guard
      let name = text.firstRange(of: "'\(key)'") ?? text.firstRange(of: "\"\(key)\""),
      let colon = text[name.upperBound...].firstIndex(of: ":")
    else {
      throw ImageDataError("has a header without \(key)", remedy: "the file is damaged")
    }
    return text[text.index(after: colon)...].drop { $0 == " " }
  }

  private static func isColumnMajor(_ text: String) throws(ImageDataError) -> Bool {
    let order = try value("fortran_order", in: text)
    guard order.hasPrefix("True") || order.hasPrefix("False") else {
      throw ImageDataError("has a header with a damaged fortran_order", remedy: "True or False")
    }
    return order.hasPrefix("True")
  }

  private static func shape(_ text: String) throws(ImageDataError) -> [Int] {
    let tuple = try value("shape", in: text)
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
    return shape
  }

  private static func type(_ text: String) throws(ImageDataError) -> NumberType {
    let descr = try value("descr", in: text)
    guard let quote = descr.first, quote == "'" || quote == "\"",
      let end = descr.dropFirst().firstIndex(of: quote)
    else {
      throw ImageDataError(
        "holds records of several fields", remedy: "expected an array of plain numbers")
    }
    let name = descr[..<end].dropFirst()
    let code = name.dropFirst()
    // Truth values are bytes.
    let kind =
      NumberType.Kind.allCases.first { $0.numPyCode == code } ?? (code == "b1" ? .int8 : nil)
    guard let order = name.first, "<>|=".contains(order), let kind else {
      let meaning =
        switch code.first {
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
  static func bytes(shape: [Int], type: NumberType, isColumnMajor: Bool = false) -> Data {
    let order = type.size == 1 ? "|" : type.isBigEndian ? ">" : "<"
    let tuple = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Data(
      """
      {'descr': '\(order)\(type.kind.numPyCode)', \
      'fortran_order': \(isColumnMajor ? "True" : "False"), 'shape': (\(tuple)), }
      """.utf8)
    text += Data(repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
    precondition(text.count <= 65535, "a shape of \(shape.count) axes")
    return Data(magic) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
  }
}

extension NumberType.Kind {
  /// "f4" for float32.
  fileprivate var numPyCode: String { "\(rawValue.prefix(1))\(NumberType(self).size)" }
}
