import Compute
import Foundation

/// Reads the rows of a .npy file or stream a few at a time: memory does not grow with the file.
///
/// `[N, D]` has N rows of D numbers; of `[N, height, width]`, each image is a row. Unsigned bytes
/// are mapped onto 0…1, as in all image data; other numbers are taken as they are.
public struct NPYRowReader: ~Copyable {
  /// The shape of the whole array.
  public let shape: [Int]
  /// Number of rows, N.
  public var rows: Int { shape[0] }
  /// Numbers in a row.
  public let columns: Int
  /// Rows that have been read.
  public private(set) var position = 0

  private let type: NumberType
  private let input: InputFile
  /// For arrays in Fortran order, whose rows are scattered over the file.
  private let mapped: StoredArray?

  /// Opens the file at `path`, or standard input where it is "-".
  ///
  /// - Throws: where there is no such file, its header is damaged, its length is not the one that
  ///   the header declares, or it comes in Fortran order through a pipe.
  public init(path: String) throws(ImageDataError) {
    try self.init(path: path, input: try InputFile(path: path))
  }

  /// - Parameter path: "-" where `input` is a stream.
  init(path: String, input: InputFile) throws(ImageDataError) {
    let (file, isStream) = (input.file, path == "-")
    let header = try NPYHeader(file: file) { count throws(ImageDataError) in
      try input.read(count)
    }
    let array = ArrayHeader(
      file: file, shape: header.shape, type: header.type, isColumnMajor: header.isColumnMajor)
    guard !header.shape.isEmpty, header.shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw ImageDataError(
        file: file, "has the shape \(array.shapeText)", remedy: "expected [N, D], a patch a row")
    }
    // No rows are allowed: the output is then empty, too.
    let size = header.shape[0] == 0 ? 0 : try array.byteCount()
    if !isStream, let length = input.remaining, length != size {
      throw ImageDataError(
        file: file,
        "declares \(array.shapeText) numbers (\(header.type)), which is \(size) bytes, but holds "
          + "\(length)",
        remedy: "the file is damaged: copy or download it again")
    }
    let isScattered = header.isColumnMajor && header.shape.count > 1 && size > 0
    if isStream && isScattered {
      throw ImageDataError(
        file: file, "comes in Fortran order, of which no row is complete before the end",
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
  public mutating func next(_ count: Int) throws(ImageDataError) -> Matrix? {
    precondition(count > 0, "\(count) rows")
    let rows = min(count, rows - position)
    guard rows > 0 else { return nil }
    var matrix: Matrix
    if let mapped {
      matrix = Matrix(rows: rows, columns: columns)
      gather(mapped, into: &matrix)
    } else {
      // No memory is taken for rows that do not come.
      let bytes = try input.read(rows * columns * type.size)
      guard bytes.count == rows * columns * type.size else {
        throw ImageDataError(
          file: input.file,
          "ends in row \(position + bytes.count / (columns * type.size)) of \(self.rows)",
          remedy: "the data is incomplete")
      }
      matrix = Matrix(rows: rows, columns: columns)
      bytes.withUnsafeBytes { bytes in
        matrix.elements.withUnsafeMutableBufferPointer { elements in
          guard let source = bytes.baseAddress, let target = elements.baseAddress else { return }
          type.convert(source, stride: type.size, count: elements.count, into: target)
        }
      }
    }
    if type.kind == .uint8 {
      for index in matrix.elements.indices { matrix.elements[index] /= 255 }
    }
    if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(
        file: input.file,
        "row \(position + index / columns) holds \(matrix.elements[index]) in column "
          + "\(index % columns)",
        remedy: "every value must be a finite number")
    }
    position += rows
    return matrix
  }

  /// Rows from the current one on, each number from its place.
  private func gather(_ array: StoredArray, into matrix: inout Matrix) {
    let (inner, strides) = (shape.dropFirst(), array.header.strides)
    let width = inner.last ?? 1
    array.bytes.withUnsafeBytes { bytes in
      matrix.elements.withUnsafeMutableBufferPointer { elements in
        guard let source = bytes.baseAddress, let target = elements.baseAddress else { return }
        for row in 0..<elements.count / columns {
          for run in 0..<columns / width {
            var (offset, rest) = ((position + row) * strides[0], run)
            for axis in inner.indices.dropLast().reversed() {
              offset += rest % shape[axis] * strides[axis]
              rest /= shape[axis]
            }
            type.convert(
              source + offset, stride: strides[shape.count - 1], count: width,
              into: target + row * columns + run * width)
          }
        }
      }
    }
  }
}
