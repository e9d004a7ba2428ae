import Compute
import Evaluation
import ImageData
import SparseCoding
import SparseCodingVAE

extension RunRecord {
  /// A model's.
  ///
  /// - Parameters:
  ///   - data: what the run was trained on.
  ///   - seconds: spent in training.
  init(_ evaluation: ModelEvaluation, data: DataSet, seconds: Double, team: ThreadTeam) {
    let norms = evaluation.model.filters.rowNorms
    let active = evaluation.active
    let gabors = evaluation.gaborFits?.map(Gabor.init)
    let chosen = Example.patches(of: data)
    let inference = Inference(evaluation.model, team: team)
    let codes = inference.encode(chosen).mean
    self.init(
      summary: .model(EvaluationSummary(evaluation)),
      filters: norms.indices.map { k in
        Filter(
          norm: norms[k], kl: evaluation.statistics.divergence[k],
          information: active.activity.information[k], isActive: active.active[k],
          isSpike: active.spikes[k], isNoiseLike: active.noiseLike[k], gabor: gabors?[k])
      },
      examples: Example.examples(
        of: chosen, codes: codes, reconstructions: inference.decode(codes), norms: norms),
      data: DataDescription(data), seconds: seconds,
      amortization: AmortizationGap(
        evaluation.model, on: data.evaluationPatches, team: team),
      equalSparsity: Self.equalSparsity(
        evaluation.model.filters, bias: evaluation.model.bias, on: data, team: team
      ) { inference.encode($0).mean })
  }

  /// A dictionary's.
  ///
  /// - Parameters:
  ///   - learner: knows the penalty and the solver.
  ///   - data: what the dictionary was learned on.
  ///   - seconds: spent in learning.
  init(
    _ evaluation: DictionaryEvaluation, _ learner: DictionaryLearner, data: DataSet,
    seconds: Double, team: ThreadTeam
  ) {
    let dictionary = evaluation.dictionary
    let norms = dictionary.rowNorms
    let gabors = evaluation.gaborFits?.map(Gabor.init)
    let active = evaluation.active
    let chosen = Example.patches(of: data)
    let problem = SparseCodingProblem(
      dictionary: dictionary, sparsity: learner.sparsity, nonnegative: learner.isNonnegative)
    let codes = learner.solver.encode(chosen, problem: problem, team: team).codes
    self.init(
      summary: .dictionary(DictionarySummary(evaluation)),
      filters: norms.indices.map { k in
        Filter(
          norm: norms[k], meanCode: evaluation.activity[k], isActive: active[k],
          isSpike: evaluation.spikes[k], isNoiseLike: evaluation.noiseLike[k], gabor: gabors?[k])
      },
      examples: Example.examples(
        of: chosen, codes: codes, reconstructions: LinearAlgebra.product(codes, dictionary),
        norms: norms),
      data: DataDescription(data), seconds: seconds,
      equalSparsity: Self.equalSparsity(dictionary, bias: nil, on: data, team: team) {
        learner.solver.encode($0, problem: problem, team: team).codes
      })
  }

  private static func equalSparsity(
    _ filters: Matrix, bias: [Float]?, on data: DataSet, team: ThreadTeam,
    encode: (Matrix) -> Matrix
  ) -> [EqualSparsity] {
    let patches = data.evaluationPatches
    let shown = patches.selectingRows(0..<min(2048, patches.rows))
    return EqualSparsity.measured(
      filters: filters, bias: bias, codes: encode(shown), patches: shown, team: team)
  }
}

extension RunRecord.Gabor {
  init(_ fit: GaborFit) {
    self.init(
      rSquared: fit.rSquared, orientation: fit.function.orientation,
      frequency: fit.function.frequency)
  }
}

extension RunRecord.Example {
  /// Test patches that are shown.
  private static let count = 6
  /// Filters shown beside each.
  private static let contributionCount = 6

  /// - Parameters:
  ///   - codes: μ or z of each patch, `[patches, latents]`.
  ///   - norms: ‖φₖ‖
  static func examples(
    of patches: Matrix, codes: Matrix, reconstructions: Matrix, norms: [Double]
  ) -> [Self] {
    (0..<patches.rows).map { row in
      let strengths = codes.row(row).enumerated().map { k, code in
        Contribution(filter: k, strength: Double(code) * norms[k])
      }.sorted { abs($0.strength) > abs($1.strength) }
      let largest = abs(strengths.first?.strength ?? 0)
      return Self(
        patch: Array(patches.row(row)), reconstruction: Array(reconstructions.row(row)),
        used: Array(strengths.prefix(contributionCount)),
        usedCount: strengths.count { abs($0.strength) > largest / 10 })
    }
  }

  /// Patches with something to see, the same for every run on the same data: of the first few
  /// hundred those whose energy is at evenly spaced ranks in the upper half.
  static func patches(of data: DataSet) -> Matrix {
    let patches = data.evaluationPatches
    let rows = min(256, patches.rows)
    let energies = patches.selectingRows(0..<rows).rowEnergies
    let ranked = (0..<rows).sorted { (energies[$0], $0) < (energies[$1], $1) }
    let shown = min(count, rows)
    return patches.selectingRows(
      (0..<shown).map { ranked[(rows - 1) * (shown + $0 + 1) / (2 * shown)] })
  }
}

extension DataSet {
  /// The test patches; where there are none, those of training.
  var evaluationPatches: Matrix { test.rows > 0 ? test : train }
}

extension MetricsTable {
  /// Time spent in training: each session's clock starts at zero.
  var trainingSeconds: Double {
    let seconds = self["seconds"]
    let ends = seconds.indices.filter { $0 + 1 == seconds.count || seconds[$0 + 1] < seconds[$0] }
    return ends.reduce(0) { $0 + seconds[$1] }
  }
}
