import Compute
import Foundation

/// Writes an array row after row, as .npy, .npz or MATLAB file, by the ending of its name: memory
/// does not grow with the file.
///
/// The file appears when `finish` is called, complete, or not at all.
public final class ArrayRowWriter {
  private let file: URL
  private let columns: Int
  private let declaredRows: Int
  private var rows = 0
  private var npy: OutputFile?
  private var npz: ZipWriter?
  private var matlab: MATLABRowWriter?

  /// - Parameters:
  ///   - path: ends in .npy, .npz or .mat; any name without an ending, a device, and "-" for
  ///     standard output get .npy.
  ///   - name: the array's, in .npz and MATLAB files.
  ///   - rowShape: `[D]`, or `[height, width]`.
  ///   - rows: their number.
  /// - Throws: where the ending is another, the file cannot be created, or it would be larger than
  ///   its format allows.
  public init(path: String, name: String, rowShape: [Int], rows: Int) throws(ImageDataError) {
    precondition(rowShape.allSatisfy { $0 > 0 }, "rows of the shape \(rowShape)")
    file = URL(filePath: path == "-" ? "/dev/stdout" : path)
    columns = rowShape.reduce(1, *)
    declaredRows = rows
    let header = NPYHeader.bytes(shape: [rows] + rowShape, type: NumberType(.float32))
    switch path == "-" ? "" : file.pathExtension.lowercased() {
    case "", "npy":
      npy = try OutputFile(path: path)
      try npy?.write(header)
    case "npz":
      npz = try ZipWriter(file)
      try npz?.begin(name + ".npy", size: header.count + 4 * rows * columns)
      try npz?.write(header)
    case "mat": matlab = try MATLABRowWriter(file, name: name, rowShape: rowShape, rows: rows)
    case let other:
      throw ImageDataError(
        file: file, "no array format goes by .\(other)", remedy: "known are .npy, .npz and .mat")
    }
  }

  /// Whether an array can be written under this name.
  public static func knows(_ path: String) -> Bool {
    ["npy", "npz", "mat"].contains(URL(filePath: path).pathExtension.lowercased())
  }

  /// Appends rows, `[n, columns]`.
  ///
  /// - Throws: where the file cannot be written, or gets more rows than were declared.
  public func append(_ matrix: Matrix) throws(ImageDataError) {
    precondition(matrix.columns == columns, "rows of \(matrix.columns) numbers, not \(columns)")
    let first = rows
    rows += matrix.rows
    if rows > declaredRows { try requireAllRows() }
    try npy?.write(bytes(of: matrix.elements))
    try npz?.write(bytes(of: matrix.elements))
    try matlab?.write(matrix, at: first)
  }

  /// Completes the file and puts it in its place.
  ///
  /// - Throws: where it cannot be written, or the number of rows is not the one that was declared.
  public func finish() throws(ImageDataError) {
    try requireAllRows()
    try npy.take()?.commit()
    try npz.take()?.commit()
    try matlab.take()?.finish()
  }

  private func requireAllRows() throws(ImageDataError) {
    if rows != declaredRows {
      throw ImageDataError(file: file, "got \(rows) rows instead of \(declaredRows)")
    }
  }
}
