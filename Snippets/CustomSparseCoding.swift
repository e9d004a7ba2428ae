// A solver and a learning rule of your own for classical sparse coding.
//
// A solver moves the codes of a block of patches, a rule the dictionary. Registered by their names,
// both can be chosen in configurations, and runs with them can be saved, resumed, loaded and used.

import Compute
import Foundation
import ImageData
import Learning
import SparseCoding

/// Shrinkage and thresholding, z ← shrink(z + η·(b − Gz), η·λ), in steps of η = 1/2L.
struct Halving: IterativeSolver {
  var tolerance: Float
  var maximumIterations = 20_000

  func start(_ problem: SparseCodingProblem, _ block: CodingBlock) {}

  func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: Void) {
    problem.correlate(block, block.codes, into: block.correlations)
    let length = 0.5 / problem.lipschitzConstant
    for row in 0..<block.rows {
      for atom in 0..<problem.atoms {
        let z = block.codes[row, atom] + length * block.correlations[row, atom]
        let size = max(abs(z) - length * problem.sparsity, 0)
        block.codes[row, atom] = z < 0 ? (problem.isNonnegative ? 0 : -size) : size
      }
    }
  }
}

/// Filters follow what their codes leave unexplained, then have unit norm again.
struct Hebbian: DictionaryRule {
  var rate: Float

  func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    let gradient = batch.correlation(with: batch.residuals, team: team)
    var dictionary = state.dictionary
    for index in dictionary.elements.indices {
      dictionary.elements[index] +=
        rate / Float(batch.patches.rows) * gradient.elements[index]
    }
    state.dictionary = dictionary.unitRows
  }
}

SparseSolvers.register(SolverEntry { Halving(tolerance: $0.gap) }, as: "halving")
DictionaryRules.register(RuleEntry("Hebb's rule") { Hebbian(rate: $0.rate) }, as: "hebbian")

var changes = SettingChanges<DictionaryConfiguration>()
for setting in [
  "data.patchSize=8", "data.patches=2000", "sparseCoding.atoms=32", "sparseCoding.updates=20",
  "sparseCoding.solver=halving", "sparseCoding.rule=hebbian", "sparseCoding.gap=0.01",
] {
  try changes.add(setting: setting)
}
let configuration = changes.applied(to: DictionaryConfiguration())

let team = ThreadTeam(count: ThreadTeam.processorCount)
let data = try configuration.data.dataSet(team: team)
let place = FileManager.default.temporaryDirectory.appending(path: "svae-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: place) }
_ = try Run(new: configuration, at: place, data: data, team: team).run()

let trained = try TrainedRun<DictionaryConfiguration>(RunFolder(existing: place))
let settings = trained.configuration.sparseCoding
let encoding = settings.learner.solver.encode(data.test, problem: trained.model.problem, team: team)
print("\(settings.solver?.rawValue ?? "") and \(settings.rule.rawValue): \(encoding)")
