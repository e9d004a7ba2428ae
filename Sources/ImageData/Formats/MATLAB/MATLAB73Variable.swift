import Foundation

/// What an HDF5 file, such as MATLAB's of version 7.3, says about a variable; one process sends it to
/// another as JSON.
struct MATLAB73Variable: Codable {
  var name: String
  /// How its numbers come; nil where they are none.
  var type: NumberType.Kind?
  var isLogical = false
  /// Whether another program than MATLAB wrote it, so that the last axis varies fastest.
  var isRowMajor = false
  /// At most eight axes; none where there are more.
  var shape: [Int] = []
  /// What it is, where it is not an array of real numbers.
  var other: OtherVariable?

  /// The array, or why it is not one of real numbers.
  func array(in file: URL) -> NamedArray {
    guard let type, other == nil, !shape.isEmpty else {
      let other = other ?? .kind("not an array of numbers")
      return NamedArray(name, other, in: file, isHDF5: true)
    }
    let header = ArrayHeader(
      file: file, variable: name, shape: shape,
      type: NumberType(type, isBigEndian: 1.bigEndian == 1), isColumnMajor: !isRowMajor,
      imageAxis: isRowMajor ? .first : .last, bytesAreNumbers: isLogical)
    return NamedArray(name: name, header: .success(header))
  }
}
