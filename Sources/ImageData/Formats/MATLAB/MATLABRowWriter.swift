import Compute
import Foundation

/// Writes a MATLAB file (version 5) of one array of class single, row after row.
///
/// Rows of numbers become `[N, D]`, images by MATLAB's custom `[height, width, N]`. In the file the
/// first axis varies fastest, so that the numbers of `[N, D]` are written to their places, column
/// by column.
struct MATLABRowWriter: ~Copyable {
  private let rowShape: [Int]
  private let rows: Int
  /// Where the numbers start, and where they end, in bytes.
  private let start, end: Int
  private var output: OutputFile

  init(_ file: URL, name: String, rowShape: [Int], rows: Int) throws(ImageDataError) {
    let size = rows * rowShape.reduce(1, *) * 4
    guard size < Int(Int32.max) - (1 << 20) else {
      throw ImageDataError(
        file: file, "would be larger than 2 GB", remedy: "write a .npy file instead")
    }
    var output = try OutputFile(for: file)
    guard !output.isStream else {
      throw ImageDataError(file: file, "is not a file", remedy: "write .npy to it")
    }
    let shape = rowShape.count == 1 ? [rows, rowShape[0]] : rowShape + [rows]
    let head = Self.header(shape, name: name, size: size)
    try output.write(head)
    (self.rowShape, self.rows, start, end) = (rowShape, rows, head.count, head.count + size)
    self.output = output
  }

  /// Writes rows, of which the first is row `first` of the array; in order, where they are images.
  mutating func write(_ matrix: Matrix, at first: Int) throws(ImageDataError) {
    guard rowShape.count == 1 else { return try output.write(bytes(of: transposed(matrix))) }
    let columns = matrix.transposed
    for index in 0..<columns.rows {
      try output.write(
        bytes(of: Array(columns.row(index))), at: start + 4 * (index * rows + first))
    }
  }

  consuming func finish() throws(ImageDataError) {
    // Elements are padded to eight bytes.
    if end % 8 != 0 { try output.write(Data(count: 4), at: end) }
    try output.commit()
  }

  /// Each image with its columns one after the other.
  private func transposed(_ matrix: Matrix) -> [Float] {
    let height = rowShape[0]
    return (0..<matrix.rows).flatMap { row in
      Matrix(
        rows: height, columns: matrix.columns / height, elements: Array(matrix.row(row))
      ).transposed.elements
    }
  }

  /// Everything before the numbers; little-endian. "MAT-File Format", The MathWorks.
  private static func header(_ shape: [Int], name: String, size: Int) -> Data {
    func word(_ number: Int) -> Data {
      withUnsafeBytes(of: UInt32(number).littleEndian) { Data($0) }
    }
    func element(_ type: Int, _ bytes: Data) -> Data {
      word(type) + word(bytes.count) + bytes + Data(count: (8 - bytes.count % 8) % 8)
    }
    // Types 6, 5, 1: uint32, int32, int8; class 7: single.
    let parts =
      element(6, word(7) + word(0)) + element(5, shape.map(word).reduce(Data(), +))
      + element(1, Data(name.utf8)) + word(7) + word(size)
    let text = "MATLAB 5.0 MAT-file".padding(toLength: 124, withPad: " ", startingAt: 0)
    return Data(text.utf8) + [0, 1] + Data("IM".utf8)
      + word(14) + word(parts.count + (size + 7) / 8 * 8) + parts
  }
}
