import Compute
import Foundation
import ImageData
import SparseCoding

/// Sparse coding inference: the lasso for 10,000 patches, λ = 1, in data of unit pixel variance.
struct SparseCodingCase {
  static let patchCount = 10_000
  static let sparsity: Float = 1
  /// Numbers of atoms that are measured.
  static let atomCounts = [169, 400]
  /// Each patch to a relative duality gap of 10⁻⁶, by the solver's own account.
  static let solver = ActiveSetNewton(tolerance: 1e-6)

  let patches: Matrix
  /// Learned dictionaries, by number of atoms.
  let dictionaries: [Int: Matrix]

  /// Whitened 12×12 patches of dead leaves, and dictionaries that were learned from as many others.
  init(team: ThreadTeam) throws {
    var configuration = DataConfiguration()
    configuration.patches = 2 * Self.patchCount
    configuration.rejectsVarianceBelow = 0.1
    let data = try DataSet(.synthetic(DeadLeaves()), configuration, team: team)
    patches = data.train.selectingRows(0..<Self.patchCount)
    let others = data.train.selectingRows(Self.patchCount..<data.train.rows)
    var dictionaries: [Int: Matrix] = [:]
    for atoms in Self.atomCounts {
      var state = DictionaryState(atoms: atoms, pixels: data.train.columns, seed: 1)
      let learner = DictionaryLearner(
        sparsity: Self.sparsity, solver: ActiveSetNewton(), rule: OnlineRule(), updates: 300)
      learner.train(&state, patches: others, team: team)
      dictionaries[atoms] = state.dictionary
    }
    self.dictionaries = dictionaries
  }

  func problem(atoms: Int) -> SparseCodingProblem? {
    dictionaries[atoms].map { SparseCodingProblem(dictionary: $0, sparsity: Self.sparsity) }
  }

  /// Writes `patches.f32` and `dictionary-….f32`: float32, row-major, no header.
  func write(to folder: URL) throws {
    try patches.write(to: folder.appending(path: "patches.f32"))
    for (atoms, dictionary) in dictionaries {
      try dictionary.write(to: folder.appending(path: "dictionary-\(atoms).f32"))
    }
  }
}

extension Matrix {
  /// Writes the elements as they are.
  func write(to url: URL) throws {
    try elements.withUnsafeBytes { try Data($0).write(to: url) }
  }
}
