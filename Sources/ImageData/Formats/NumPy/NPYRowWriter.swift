import Compute
import Foundation

/// Writes a .npy file of `Float` row after row: memory does not grow with the file.
///
/// The file appears when `finish` is called, complete, or not at all. Standard output, where
/// nothing can be taken back, gets the header first and so must know the number of rows.
public struct NPYRowWriter: ~Copyable {
  /// The shape of one row: `[D]`, or `[height, width]`.
  public let rowShape: [Int]
  /// Numbers in a row.
  public let columns: Int
  /// Rows written so far.
  public private(set) var rows = 0

  private let declaredRows: Int?
  private var output: OutputFile

  /// - Parameters:
  ///   - path: of the file, or "-" for standard output.
  ///   - rows: their number, where it is known.
  /// - Throws: where the file cannot be created, or standard output is to get an unknown number.
  public init(path: String, rowShape: [Int], rows: Int? = nil) throws(ImageDataError) {
    precondition(rowShape.allSatisfy { $0 > 0 }, "rows of the shape \(rowShape)")
    self.rowShape = rowShape
    columns = rowShape.reduce(1, *)
    declaredRows = rows
    var output = try OutputFile(path: path)
    if output.isStream && rows == nil {
      throw ImageDataError(
        file: output.target, "must be told the number of rows before the first",
        remedy: "name a file")
    }
    try output.write(Self.header(rows ?? 0, rowShape))
    self.output = output
  }

  /// Appends rows, `[n, columns]`.
  public mutating func append(_ matrix: Matrix) throws(ImageDataError) {
    precondition(matrix.columns == columns, "rows of \(matrix.columns) numbers, not \(columns)")
    try output.write(Float.littleEndian(matrix.elements[...]))
    rows += matrix.rows
  }

  /// Completes the file and puts it in its place.
  ///
  /// - Throws: where it cannot be written, or the number of rows is not the one that was declared.
  public consuming func finish() throws(ImageDataError) {
    if let declaredRows, declaredRows != rows {
      throw ImageDataError(file: output.target, "got \(rows) rows instead of \(declaredRows)")
    }
    if declaredRows == nil { try output.write(Self.header(rows, rowShape), at: 0) }
    try output.commit()
  }

  /// Of the same length for every number of rows.
  private static func header(_ rows: Int, _ rowShape: [Int]) -> Data {
    let type = NumberType(.float32)
    let longest = NPYHeader(shape: [Int.max] + rowShape, type: type).bytes().count
    return Data(NPYHeader(shape: [rows] + rowShape, type: type).bytes(length: longest))
  }
}
