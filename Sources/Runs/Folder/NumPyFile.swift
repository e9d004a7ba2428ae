import Compute
import Foundation

/// A matrix as a `.npy` file: version 1.0, little-endian float32, C order.
struct NumPyFile {
  private let matrix: Matrix

  init(_ matrix: Matrix) { self.matrix = matrix }

  func write(to url: URL) throws {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
    // Magic, version and length take 10 bytes; numbers begin at a multiple of 64.
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    var file = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header.utf8)
    matrix.elements.withUnsafeBytes { file.append(contentsOf: $0) }
    try AtomicFile.write(file, to: url)
  }
}
