import Foundation

/// The start of a .npy file: magic, version, length, and a dictionary as Python writes it, which says
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }`.
///
/// NumPy Enhancement Proposal 1, versions 1 to 3.
enum NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read: one of plain numbers needs less than 200 bytes, but may be
  /// padded, and one of records with very many fields is to be recognised.
  private static let longest = 1 << 24

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
    do throws(ImageDataError) {
      guard case .dictionary(let fields)? = PythonLiteral(text) else {
        throw ImageDataError.damaged(nil, "has a damaged header")
      }
      let order = try isColumnMajor(fields)
      return ArrayHeader(
        file: file, variable: variable, shape: try shape(fields), type: try type(fields),
        isColumnMajor: order)
    } catch {
      throw error.located(in: file)
    }
  }

  private static func value(
    _ key: String, in fields: [String: PythonLiteral]
  ) throws(ImageDataError) -> PythonLiteral {
    guard let value = fields[key] else {
      throw ImageDataError("has a header without \(key)", remedy: "write it by numpy.save")
    }
    return value
  }

  private static func isColumnMajor(
    _ fields: [String: PythonLiteral]
  ) throws(ImageDataError) -> Bool {
    switch try value("fortran_order", in: fields) {
    case .bool(let order): return order
    // Truth by number, as other writers have it.
    case .integer(let order) where order == 0 || order == 1: return order == 1
    default:
      throw ImageDataError("has a header with a damaged fortran_order", remedy: "True or False")
    }
  }

  private static func shape(
    _ fields: [String: PythonLiteral]
  ) throws(ImageDataError) -> [Int] {
    let axes: [PythonLiteral]
    switch try value("shape", in: fields) {
    case .tuple(let values), .list(let values): axes = values
    default: throw ImageDataError("has a header with a damaged shape", remedy: "expected (N, D)")
    }
    var shape: [Int] = []
    for axis in axes {
      if case .large(let digits) = axis {
        throw ImageDataError("declares an axis of length \(digits)", remedy: "0 or more")
      }
      guard case .integer(let length) = axis else {
        throw ImageDataError("has a header with a damaged shape", remedy: "expected (N, D)")
      }
      guard length >= 0 else {
        throw ImageDataError("declares an axis of length \(length)", remedy: "0 or more")
      }
      shape.append(length)
    }
    return shape
  }

  private static func type(
    _ fields: [String: PythonLiteral]
  ) throws(ImageDataError) -> NumberType {
    switch try value("descr", in: fields) {
    case .text(let name): return try type(named: name)
    case .list(let records):
      let names = records.compactMap { record -> String? in
        guard case .tuple(let parts) = record, case .text(let name)? = parts.first else {
          return nil
        }
        return name
      }
      let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
      throw .unsupported(
        "records of several fields (\(list))",
        remedy: "save one field: numpy.save('x.npy', array['\(names.first ?? "name")'])")
    default:
      throw .unsupported(
        "an array of arrays", remedy: "convert it: array.astype('float32') before numpy.save")
    }
  }

  private static func type(named name: String) throws(ImageDataError) -> NumberType {
    let order = name.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let code = order == nil ? name[...] : name.dropFirst()
    let kind = NumberType.Kind.allCases.first { $0.numPyCode == code } ?? names[String(code)]
    if let kind {
      // "=", or nothing: the order of the machine, which hardly ever was big-endian.
      return NumberType(kind, isBigEndian: order == ">")
    }
    let meaning =
      switch code.first {
      case "O": "Python objects"
      case "c", "F", "D", "G": "complex numbers"
      case "U", "S", "a": "text"
      case "V": "bytes of no type, as bfloat16 is saved"
      case "f", "g": "numbers of more bits than float64 has"
      default: "numbers of an unknown type"
      }
    throw .unsupported(
      "\(meaning) (\(name))",
      remedy: code.first == "c"
        ? "save abs(array), array.real or array.imag"
        : "convert them: array.astype('float32') before numpy.save")
  }

  /// Other names that NumPy has for types; truth values are bytes.
  private static let names: [String: NumberType.Kind] = [
    "b1": .int8, "?": .int8, "bool": .int8, "b": .int8, "B": .uint8, "h": .int16, "H": .uint16,
    "i": .int32, "I": .uint32, "l": .int64, "L": .uint64, "q": .int64, "Q": .uint64, "e": .float16,
    "f": .float32, "d": .float64, "half": .float16, "single": .float32, "double": .float64,
    "float": .float64, "int": .int64,
  ].merging(NumberType.Kind.allCases.map { ($0.rawValue, $0) }) { $1 }

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
