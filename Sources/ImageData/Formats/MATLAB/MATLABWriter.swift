import CMatio
import Files
import Foundation

/// Writes MATLAB files of version 5, through matio.
public enum MATLABWriter {
  /// What a variable can hold.
  public enum Value {
    /// In C order, the last axis varying fastest; `single` in MATLAB, in its own order.
    case numbers([Float], shape: [Int])
    /// A line of text.
    case text(String)
  }

  /// Writes variables, by their names: letters, digits and underscores, of which MATLAB reads 63.
  ///
  /// - Throws: where the file cannot be written. What was written of it then remains.
  public static func write(
    _ variables: [(name: String, value: Value)], to file: URL
  ) throws(ImageDataError) {
    // Without a text from us the library would write the date: equal models, equal files.
    let title = "MATLAB 5.0 MAT-file, written by svae"
    guard let handle = SystemPath.with(file.path, { Mat_CreateVer($0, title, MAT_FT_MAT5) })
    else { throw failure(file) }
    let areWritten = variables.allSatisfy { write($0.value, as: $0.name, to: handle) }
    guard Mat_Close(handle) == 0, areWritten else { throw failure(file) }
  }

  private static func failure(_ file: URL) -> ImageDataError {
    ImageDataError(
      file: file, "cannot be written as a MATLAB file",
      remedy: "free some space or choose another folder")
  }

  private static func write(
    _ value: Value, as name: String, to handle: OpaquePointer
  ) -> Bool {
    switch value {
    case .numbers(let elements, let shape):
      // MATLAB knows no arrays of less than two axes: one axis is a row.
      let axes = Array(repeating: 1, count: max(0, 2 - shape.count)) + shape
      var values = columnMajor(elements, shape: axes)
      return values.withUnsafeMutableBytes { bytes in
        create(name, MAT_C_SINGLE, MAT_T_SINGLE, axes, bytes, on: handle)
      }
    case .text(let text):
      var characters = Array(text.utf16)
      return characters.withUnsafeMutableBytes { bytes in
        create(name, MAT_C_CHAR, MAT_T_UINT16, [1, text.utf16.count], bytes, on: handle)
      }
    }
  }

  private static func create(
    _ name: String, _ kind: matio_classes, _ type: matio_types, _ shape: [Int],
    _ bytes: UnsafeMutableRawBufferPointer, on handle: OpaquePointer
  ) -> Bool {
    var sizes = shape
    guard
      let created = Mat_VarCreate(
        name, kind, type, Int32(shape.count), &sizes, bytes.baseAddress,
        Int32(MAT_F_DONT_COPY_DATA.rawValue))
    else { return false }
    defer { Mat_VarFree(created) }
    return Mat_VarWrite(handle, created, MAT_COMPRESSION_NONE) == 0
  }

  /// The same array with the first axis varying fastest.
  private static func columnMajor(_ elements: [Float], shape: [Int]) -> [Float] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var result = elements
    for index in elements.indices {
      var (rest, place) = (index, 0)
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      result[place] = elements[index]
    }
    return result
  }
}
