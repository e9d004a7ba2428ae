import Compute
import Foundation
import SparseCoding
import SparseCodingVAE

/// A dictionary's state on disk, so that learning can go on to the same bits.
struct DictionaryCheckpoint {
  /// What the names of a constraint's numbers begin with.
  private static let constraint = "constraint."

  var state: DictionaryState
  var progress: DictionaryProgress

  /// What is no array of numbers.
  private struct Scalars: Codable {
    var step: Int
    var idle: [Int]
    var progress: DictionaryProgress
  }

  /// Writes `checkpoints/step-….safetensors` and removes the oldest beyond `Checkpoint.kept`.
  func write(to folder: RunFolder) throws {
    let (atoms, pixels) = (state.atoms, state.pixels)
    var tensors = [
      NamedTensor(name: "filters", shape: [atoms, pixels], elements: state.filters),
      NamedTensor(name: "code_products", shape: [atoms, atoms], elements: state.codeProducts),
      NamedTensor(name: "patch_products", shape: [atoms, pixels], elements: state.patchProducts),
    ]
    for (name, numbers) in state.constraint.sorted(by: { $0.key < $1.key }) {
      tensors.append(
        NamedTensor(name: Self.constraint + name, shape: [atoms], elements: numbers))
    }
    let scalars = Scalars(step: state.step, idle: state.idle, progress: progress)
    try Safetensors(
      tensors: tensors.filter { !$0.elements.isEmpty },
      metadata: ["scalars": String(decoding: try json(scalars), as: UTF8.self)]
    ).write(to: Checkpoint.file(step: state.step, in: folder))
    try Checkpoint.removeOldest(in: folder)
  }

  /// The newest checkpoint of a run; nil where there is none.
  ///
  /// - Throws: a `RunError` that names the file where it is damaged, or of another dictionary.
  static func newest(
    in folder: RunFolder, atoms: Int, pixels: Int
  ) throws -> DictionaryCheckpoint? {
    guard let url = try Checkpoint.files(in: folder).last else { return nil }
    let file = try Safetensors(contentsOf: url)
    func elements(_ name: String) -> [Float] {
      file.tensors.first { $0.name == name }?.elements ?? []
    }
    let filters = elements("filters")
    var constraint: [String: [Float]] = [:]
    for tensor in file.tensors where tensor.name.hasPrefix(Self.constraint) {
      constraint[String(tensor.name.dropFirst(Self.constraint.count))] = tensor.elements
    }
    // As checkpoints named the only such numbers that there were.
    if !elements("variances").isEmpty { constraint["variance"] = elements("variances") }
    guard filters.count == atoms * pixels else {
      throw RunError(
        file: url, "holds \(filters.count) weights",
        remedy: "expected \(atoms) filters of \(pixels) pixels: is the data another one?")
    }
    guard
      let scalars = try? JSONDecoder().decode(
        Scalars.self, from: Data((file.metadata["scalars"] ?? "").utf8)),
      let state = DictionaryState(
        step: scalars.step,
        dictionary: Matrix(rows: atoms, columns: pixels, elements: filters),
        idle: scalars.idle, codeProducts: elements("code_products"),
        patchProducts: elements("patch_products"), constraint: constraint)
    else {
      throw RunError(
        file: url, "is no checkpoint of a dictionary",
        remedy: "remove it to go on from the one before")
    }
    return DictionaryCheckpoint(state: state, progress: scalars.progress)
  }
}
