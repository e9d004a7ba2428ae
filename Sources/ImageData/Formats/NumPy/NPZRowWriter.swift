import Compute
import Foundation

/// Writes an .npz archive of one array of `Float`, stored, row after row.
struct NPZRowWriter: ~Copyable {
  private let declaredRows: Int
  private var rows = 0
  private var archive: ZipWriter

  init(_ file: URL, name: String, rowShape: [Int], rows: Int) throws(ImageDataError) {
    let head = Data(NPYHeader(shape: [rows] + rowShape, type: NumberType(.float32)).bytes())
    var archive = try ZipWriter(file)
    try archive.begin(name + ".npy", size: head.count + rows * rowShape.reduce(1, *) * 4)
    try archive.write(head)
    declaredRows = rows
    self.archive = archive
  }

  mutating func append(_ matrix: Matrix) throws(ImageDataError) {
    rows += matrix.rows
    if rows > declaredRows { try requireRows(declaredRows, written: rows, archive.target) }
    try archive.write(Float.littleEndian(matrix.elements[...]))
  }

  consuming func finish() throws(ImageDataError) {
    try requireRows(declaredRows, written: rows, archive.target)
    try archive.commit()
  }
}
