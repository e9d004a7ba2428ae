import CZlib
import Compute
import Foundation

/// Writes an .npz archive of one array of `Float`, stored, row after row.
struct NPZRowWriter: ~Copyable {
  private let entry: String
  private let declaredRows: Int
  /// Bytes of the .npy file in the archive.
  private let size: Int
  private var rows = 0
  private var checksum: UInt
  private var output: OutputFile

  init(_ file: URL, name: String, rowShape: [Int], rows: Int) throws(ImageDataError) {
    let columns = rowShape.reduce(1, *)
    let head = Data(NPYHeader(shape: [rows] + rowShape, type: NumberType(.float32)).bytes())
    let size = head.count + rows * columns * 4
    guard size < Int(UInt32.max) - (1 << 20) else {
      throw ImageDataError(
        file: file, "would be larger than 4 GB", remedy: "write a .npy file instead")
    }
    var output = try OutputFile(for: file)
    guard !output.isStream else {
      throw ImageDataError(file: file, "is no file", remedy: "write .npy to it")
    }
    // The checksum is known, and written over this one, at the end.
    try output.write(NPZ.headers(name + ".npy", size: size, checksum: 0, offset: 0).local)
    try output.write(head)
    (entry, declaredRows, self.size) = (name + ".npy", rows, size)
    checksum = Self.checksum(0, head)
    self.output = output
  }

  mutating func append(_ matrix: Matrix) throws(ImageDataError) {
    let bytes = Float.littleEndian(matrix.elements[...])
    checksum = Self.checksum(checksum, bytes)
    rows += matrix.rows
    try output.write(bytes)
  }

  consuming func finish() throws(ImageDataError) {
    try requireRows(declaredRows, written: rows, output.target)
    let (local, central) = NPZ.headers(
      entry, size: size, checksum: UInt32(truncatingIfNeeded: checksum), offset: 0)
    try output.write(local, at: 0)
    try output.write(NPZ.directory(central, entries: 1, offset: local.count + size))
    try output.commit()
  }

  private static func checksum(_ checksum: UInt, _ data: Data) -> UInt {
    data.withUnsafeBytes { bytes in
      crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }
  }
}
