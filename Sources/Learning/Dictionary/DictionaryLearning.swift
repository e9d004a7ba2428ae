import Compute
import Foundation
import ImageData
import LatentVariableModels
import SparseCoding

/// Learns a dictionary, some updates at a time.
public struct DictionaryLearning: FilterLearner {
  private let settings: SparseCodingSettings
  private let learner: DictionaryLearner
  private let patches: Matrix
  private let validation: Matrix
  private let team: ThreadTeam
  private var state: DictionaryState
  private var sums: DictionaryProgress
  private var order: BatchOrder

  /// - Throws: a `RunError` for more patches than fit into memory; an error that says why a
  ///   checkpoint is not of such a dictionary.
  init(
    _ configuration: DictionaryConfiguration, on site: LearningSite, from checkpoint: Safetensors?
  ) throws {
    guard site.data.shards == nil else {
      throw RunError(
        "data.memory is less than the training patches take",
        remedy: "dictionaries are learned from patches in memory: allow more, or take fewer")
    }
    let (atoms, pixels) = (configuration.sparseCoding.atoms, site.data.preprocessing.pixels)
    // The dictionary, its statistics and the atoms' products, each twice.
    try MemoryNeeds.require(
      8 * 2 * Double(atoms) * Double(atoms + pixels), for: "the dictionary and its atoms' products",
      remedy: "ask for fewer atoms, or smaller patches")
    self.settings = configuration.sparseCoding
    learner = configuration.sparseCoding.learner
    patches = site.data.train
    // A thousand patches tell the course well enough.
    validation = site.validationPatches(1000)
    team = site.team
    let settings = configuration.sparseCoding
    (state, sums) =
      try checkpoint.map { try Self.restored($0, atoms: settings.atoms, pixels) }
      ?? (
        DictionaryState(atoms: settings.atoms, pixels: pixels, seed: settings.seed),
        DictionaryProgress()
      )
    order = BatchOrder(
      patches: patches.rows, batchSize: learner.batchSize, seed: learner.seed)
  }

  public var model: LearnedDictionary {
    LearnedDictionary(filters: state.dictionary, settings: settings)
  }

  public var lastEpoch: Int { state.step }

  public var progress: (done: Int, total: Int) { (state.step, learner.updates) }

  /// Updates from one row of `metrics.csv` to the next.
  private var updatesPerRow: Int { max(1, learner.updates / 25) }

  public mutating func learnEpoch(_ goesOn: (_ done: Int) -> Bool) throws -> DictionaryRow? {
    while state.step < learner.updates {
      let batch = patches.selectingRows(order.indices(step: state.step))
      let update = learner.step(&state, patches: batch, team: team)
      guard update.objective.isFinite, update.notFinite < batch.rows else {
        throw LearningDiverged(update: state.step)
      }
      sums.add(update)
      let isRow = state.step % updatesPerRow == 0 || state.step == learner.updates
      let continues = goesOn(state.step)
      if isRow {
        let fit = DictionaryFit(
          learner.problem(state), solver: learner.solver, on: validation, team: team)
        defer { sums = DictionaryProgress() }
        return DictionaryRow(sums, state, validation: fit)
      }
      if !continues { return nil }
    }
    return nil
  }
}

/// Saving and restoring.
extension DictionaryLearning {
  /// What the names of a constraint's numbers begin with.
  private static let constraint = "constraint."

  /// What is not an array of numbers.
  private struct Scalars: Codable {
    var step: Int
    var idle: [Int]
    var progress: DictionaryProgress
  }

  public var checkpoint: Safetensors {
    get throws {
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
      let scalars = Scalars(step: state.step, idle: state.idle, progress: sums)
      return Safetensors(
        tensors: tensors.filter { !$0.elements.isEmpty },
        metadata: ["scalars": String(decoding: try json(scalars), as: UTF8.self)])
    }
  }

  private static func restored(
    _ file: Safetensors, atoms: Int, _ pixels: Int
  ) throws -> (DictionaryState, DictionaryProgress) {
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
        "it holds \(filters.count) weights",
        remedy: "expected \(atoms) filters of \(pixels) pixels: is the data another one?")
    }
    let scalars = try JSONDecoder().decode(
      Scalars.self, from: Data((file.metadata["scalars"] ?? "").utf8))
    guard
      let state = DictionaryState(
        step: scalars.step,
        dictionary: Matrix(rows: atoms, columns: pixels, elements: filters),
        idle: scalars.idle, codeProducts: elements("code_products"),
        patchProducts: elements("patch_products"), constraint: constraint)
    else { throw RunError("its arrays are of different sizes") }
    return (state, scalars.progress)
  }
}

/// Codes left the range of finite numbers.
public struct LearningDiverged: LearningDivergence, CustomStringConvertible {
  /// The update after which they did.
  public let update: Int

  public var description: String {
    "learning diverged at update \(update): codes left the range of finite numbers; lower "
      + "sparseCoding.rate, or give another solver"
  }
}
