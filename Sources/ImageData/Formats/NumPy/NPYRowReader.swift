import Compute
import Foundation

/// Reads the rows of a .npy file or stream a few at a time: memory does not grow with the file.
///
/// `[N, D]` has N rows of D numbers; of `[N, height, width]`, each image is a row. Unsigned bytes
/// are mapped onto 0…1, as in all image data; other numbers are taken as they are.
struct NPYRowReader: ~Copyable {
  /// The shape of the whole array.
  let shape: [Int]
  /// Number of rows, N.
  var rows: Int { shape[0] }
  /// Numbers in a row.
  let columns: Int
  /// Rows that have been read.
  private(set) var position = 0
  /// Whether the numbers are grey levels that are mapped onto 0…1.
  var areLevels: Bool { type.kind == .uint8 }

  private let type: NumberType
  private let input: InputFile
  /// For arrays in Fortran order, whose rows are scattered over the file.
  private let mapped: StoredArray?

  /// Opens the file at `path`, or standard input where it is "-".
  ///
  /// - Throws: where there is no such file, its header is damaged, its length is not the one that
  ///   the header declares, or it comes in Fortran order through a pipe.
  init(path: String) throws(ImageDataError) {
    try self.init(path: path, input: try InputFile(path: path))
  }

  /// - Parameter path: "-" where `input` is a stream.
  init(path: String, input: InputFile) throws(ImageDataError) {
    let (file, isStream) = (input.file, path == "-")
    let header = try NPYHeader.read(file) { count throws(ImageDataError) in
      try input.read(count)
    }
    guard !header.shape.isEmpty, header.shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw header.error(
        "has the shape \(header.shapeText)", remedy: "expected [N, D], a patch a row")
    }
    // The output is then empty, too.
    let size = try header.byteCount(allowsNoRows: true)
    if !isStream, let length = input.remaining {
      guard length >= size else { throw header.mismatch(declared: size, held: length) }
      try NPY.remark(behind: size, of: header, in: input)
    }
    let isScattered = header.isColumnMajor && header.shape.count > 1 && size > 0
    if isStream && isScattered {
      throw header.error(
        "comes in Fortran order, of which no row is complete before the end",
        remedy: "send numpy.ascontiguousarray(x), or name a file")
    }
    mapped = isScattered ? try NPY().array(in: file, variable: nil) : nil
    (shape, type, self.input) = (header.shape, header.type, input)
    columns = header.shape.dropFirst().reduce(1, *)
  }

  /// The next `count` rows, or those that are left; nil at the end.
  ///
  /// - Returns: `[rows, columns]`
  /// - Throws: where the data ends too early, or a number is not finite.
  mutating func next(_ count: Int) throws(ImageDataError) -> Matrix? {
    precondition(count > 0, "\(count) rows")
    let rows = min(count, rows - position)
    guard rows > 0 else { return nil }
    var numbers: [Float]
    if let mapped {
      numbers = mapped.elements(ofRows: position..<position + rows)
    } else {
      // No memory is taken for rows that do not come.
      let bytes = try input.read(rows * columns * type.size)
      guard bytes.count == rows * columns * type.size else {
        throw ImageDataError(
          file: input.file,
          "ends in row \(position + bytes.count / (columns * type.size)) of \(self.rows)",
          remedy: "the data is incomplete")
      }
      numbers = type.floats(bytes)
    }
    if areLevels {
      for index in numbers.indices { numbers[index] /= 255 }
    }
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(
        file: input.file,
        "row \(position + index / columns) holds \(numbers[index]) in column \(index % columns)",
        remedy: "every value must be a finite number")
    }
    position += rows
    return Matrix(rows: rows, columns: columns, elements: numbers)
  }
}
