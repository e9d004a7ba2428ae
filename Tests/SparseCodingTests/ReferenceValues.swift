import Compute
import Foundation
import SparseCoding

/// Whitened patches, a dictionary, and scikit-learn's objectives on them; see make_reference.py.
struct ReferenceValues: Decodable {
  let patches: Int
  let pixels: Int
  let atoms: Int
  let sparsity: Float
  let objectives: [String: [Double]]
  let pursuitAtoms: Int
  let pursuitErrors: [Double]
  let learning: Learning

  /// Patches to learn from, and the objective that scikit-learn's learner reached on them.
  struct Learning: Decodable {
    let patches: Int
    let pixels: Int
    let atoms: Int
    let scale: Float
    let batch: Int
    let passes: Int
    let objective: Double

    func patchMatrix() throws -> Matrix {
      Matrix(
        rows: patches, columns: pixels,
        elements: try ReferenceValues.data("learning.bin").map {
          Float(Int8(bitPattern: $0)) * scale
        })
    }
  }

  static func load() throws -> ReferenceValues {
    try JSONDecoder().decode(ReferenceValues.self, from: data("reference.json"))
  }

  func patchMatrix() throws -> Matrix {
    try Self.matrix("patches.bin", rows: patches, columns: pixels)
  }

  func problem(nonnegative: Bool = false) throws -> SparseCodingProblem {
    SparseCodingProblem(
      dictionary: try Self.matrix("dictionary.bin", rows: atoms, columns: pixels),
      sparsity: sparsity, nonnegative: nonnegative)
  }

  fileprivate static func data(_ name: String) throws -> Data {
    let folder = Bundle.module.bundleURL.appending(path: "Reference")
    return try Data(contentsOf: folder.appending(path: name))
  }

  private static func matrix(_ name: String, rows: Int, columns: Int) throws -> Matrix {
    let bytes = try data(name)
    let elements = stride(from: 0, to: bytes.count, by: 4).map { offset in
      Float(
        bitPattern: (0..<4).reduce(UInt32(0)) {
          $0 | UInt32(bytes[bytes.startIndex + offset + $1]) << (8 * $1)
        })
    }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }
}
