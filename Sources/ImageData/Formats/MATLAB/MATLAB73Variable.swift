import CMatio
import Foundation

/// What a MATLAB 7.3 file says about a variable; one process sends it to another as JSON.
struct MATLAB73Variable: Codable {
  var name: String
  /// matio's number of the class.
  var code: UInt32
  var isComplex: Bool
  var isLogical: Bool
  /// At most eight axes; none where there are more.
  var shape: [Int]
  /// A struct's.
  var fields: [String] = []

  /// What matio says about a variable.
  init(_ info: matvar_t) {
    name = info.name.map { String(cString: $0) } ?? ""
    code = info.class_type.rawValue
    (isComplex, isLogical) = (info.isComplex != 0, info.isLogical != 0)
    shape = []
    if info.class_type == MAT_C_STRUCT {
      var info = info
      let names = Mat_VarGetStructFieldnames(&info)
      fields = (0..<Int(Mat_VarGetNumberOfFields(&info))).compactMap { index in
        names?[index].map { String(cString: $0) }
      }
    }
    if let lengths = info.dims, (1...8).contains(info.rank) {
      shape = (0..<Int(info.rank)).map { Int(truncatingIfNeeded: lengths[$0] & (1 << 62 - 1)) }
    }
  }

  /// The array, or why it is not one of real numbers.
  func array(in file: URL) -> NamedArray {
    let kind = Self.kinds.first { $0.0.rawValue == code }?.1
    guard let kind, !isComplex, !shape.isEmpty else {
      return NamedArray(name, other, in: file, isHDF5: true)
    }
    let header = ArrayHeader(
      file: file, variable: name, shape: shape,
      type: NumberType(kind, isBigEndian: 1.bigEndian == 1), isColumnMajor: true,
      imageAxis: .last, bytesAreNumbers: isLogical)
    return NamedArray(name: name, header: .success(header))
  }

  /// What it is, where it is not an array of real numbers.
  private var other: OtherVariable {
    switch matio_classes(code) {
    case MAT_C_CELL: .cells
    case MAT_C_STRUCT: .structure(fields: fields)
    case MAT_C_CHAR: .text
    case MAT_C_SPARSE: .sparse
    case MAT_C_OBJECT, MAT_C_OPAQUE: .kind("an object")
    case MAT_C_FUNCTION: .kind("a function")
    case _ where isComplex: .complex
    default: .kind("not an array of numbers")
    }
  }

  private static let kinds: [(matio_classes, NumberType.Kind)] = [
    (MAT_C_DOUBLE, .float64), (MAT_C_SINGLE, .float32), (MAT_C_INT8, .int8),
    (MAT_C_UINT8, .uint8), (MAT_C_INT16, .int16), (MAT_C_UINT16, .uint16),
    (MAT_C_INT32, .int32), (MAT_C_UINT32, .uint32), (MAT_C_INT64, .int64),
    (MAT_C_UINT64, .uint64),
  ]
}
