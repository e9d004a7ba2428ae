import CMatio
import Foundation

/// What a MATLAB 7.3 file says about a variable, and how one process tells another.
///
/// As sent: length of the name, name, class, whether it is complex, whether it is logical, number
/// of axes, their lengths. All numbers are of eight bytes, in this machine's order. The length
/// `end` ends the list.
struct MATLAB73Variable {
  var name: String
  /// matio's number of the class.
  var code: Int
  var isComplex: Bool
  var isLogical: Bool
  /// At most eight axes; none where there are more.
  var shape: [Int]

  /// What is sent instead of the length of a name, after the last variable.
  static let end = -1
  /// The longest name and the most axes that are believed.
  private static let (longestName, mostAxes) = (4096, 8)

  /// What matio says about a variable.
  init(_ info: matvar_t) {
    name = info.name.map { String(cString: $0) } ?? ""
    code = Int(info.class_type.rawValue)
    (isComplex, isLogical) = (info.isComplex != 0, info.isLogical != 0)
    shape = []
    if let lengths = info.dims, (1...Int32(Self.mostAxes)).contains(info.rank) {
      shape = (0..<Int(info.rank)).map { Int(truncatingIfNeeded: lengths[$0] & (1 << 62 - 1)) }
    }
  }

  /// As it is sent.
  var message: Data {
    let name = Data(name.utf8.prefix(Self.longestName))
    let fields = [code, isComplex ? 1 : 0, isLogical ? 1 : 0, shape.count] + shape
    return Self.bytes(name.count) + name + fields.reduce(Data()) { $0 + Self.bytes($1) }
  }

  /// Receives one; nil at the end of the list.
  ///
  /// - Parameter next: exactly that many bytes.
  init?(damaged: ImageDataError, next: (Int) throws(ImageDataError) -> [UInt8])
    throws(ImageDataError)
  {
    func number() throws(ImageDataError) -> Int { Self.number(try next(8)) }
    let length = try number()
    if length == Self.end { return nil }
    guard (0...Self.longestName).contains(length) else { throw damaged }
    name = String(decoding: try next(length), as: UTF8.self)
    code = try number()
    isComplex = try number() != 0
    isLogical = try number() != 0
    let axes = try number()
    guard (0...Self.mostAxes).contains(axes) else { throw damaged }
    shape = []
    for _ in 0..<axes { shape.append(try number() & (1 << 62 - 1)) }
  }

  /// A number as it is sent.
  static func bytes(_ number: Int) -> Data { withUnsafeBytes(of: Int64(number)) { Data($0) } }

  /// The number that was sent as these eight bytes.
  static func number(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
  }

  /// The array; nil where it is not one of real numbers.
  func header(in file: URL) -> ArrayHeader? {
    let kind = Self.kinds.first { Int($0.0.rawValue) == code }?.1
    guard let kind, !isComplex, !shape.isEmpty else { return nil }
    var header = ArrayHeader(
      file: file, variable: name, shape: shape,
      type: NumberType(kind, isBigEndian: 1.bigEndian == 1), isColumnMajor: true,
      imageAxis: .last)
    header.areLevels = kind == .uint8 && !isLogical
    return header
  }

  /// What it is, where it is not an array of real numbers.
  var kind: String {
    switch matio_classes(UInt32(truncatingIfNeeded: code)) {
    case _ where isComplex: "an array of complex numbers"
    case MAT_C_CELL: "a cell array"
    case MAT_C_STRUCT: "a struct"
    case MAT_C_CHAR: "text"
    case MAT_C_SPARSE: "a sparse matrix"
    default: "no array of numbers"
    }
  }

  private static let kinds: [(matio_classes, NumberType.Kind)] = [
    (MAT_C_DOUBLE, .float64), (MAT_C_SINGLE, .float32), (MAT_C_INT8, .int8),
    (MAT_C_UINT8, .uint8), (MAT_C_INT16, .int16), (MAT_C_UINT16, .uint16),
    (MAT_C_INT32, .int32), (MAT_C_UINT32, .uint32), (MAT_C_INT64, .int64),
    (MAT_C_UINT64, .uint64),
  ]
}
