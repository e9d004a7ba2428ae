import Compute
import Evaluation
import Foundation
import ImageData
import SparseCodingVAE

extension RunRecord {
  /// Test patches that are shown.
  private static let exampleCount = 6
  /// Filters shown beside each.
  private static let contributionCount = 6

  /// - Parameters:
  ///   - data: what the run was trained on.
  ///   - seconds: spent in training.
  init(_ evaluation: ModelEvaluation, data: DataSet, seconds: Double, team: ThreadTeam) {
    summary = EvaluationSummary(evaluation)
    self.seconds = seconds
    self.data = DataDescription(
      title: data.check.title, check: "\(data.check)", patchHeight: data.patchHeight,
      patchWidth: data.patchWidth)
    let norms = evaluation.model.filterNorms
    let active = evaluation.active
    filters = norms.indices.map { k in
      Filter(
        norm: norms[k], kl: evaluation.statistics.divergence[k],
        information: active.activity.information[k], isActive: active.active[k],
        isSpike: active.spikes[k], isNoiseLike: active.noiseLike[k],
        gabor: evaluation.gaborFits.map { fits in
          Gabor(
            rSquared: fits[k].rSquared, orientation: fits[k].function.orientation,
            frequency: fits[k].function.frequency)
        })
    }
    let patches = data.test.rows > 0 ? data.test : data.train
    let chosen = Self.examplePatches(of: patches)
    let inference = Inference(evaluation.model, team: team)
    let codes = inference.encode(chosen).mean
    let reconstructions = inference.decode(codes)
    examples = (0..<chosen.rows).map { row in
      let strengths = codes.row(row).enumerated().map { k, code in
        Example.Contribution(filter: k, strength: Double(code) * norms[k])
      }.sorted { abs($0.strength) > abs($1.strength) }
      let largest = abs(strengths.first?.strength ?? 0)
      return Example(
        patch: Array(chosen.row(row)), reconstruction: Array(reconstructions.row(row)),
        used: Array(strengths.prefix(Self.contributionCount)),
        usedCount: strengths.count { abs($0.strength) > largest / 10 })
    }
  }

  /// Patches with something to see, the same for every model: of the first few hundred those whose
  /// energy is at evenly spaced ranks in the upper half.
  private static func examplePatches(of patches: Matrix) -> Matrix {
    let rows = min(256, patches.rows)
    let energies = (0..<rows).map { row in
      patches.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let ranked = (0..<rows).sorted { (energies[$0], $0) < (energies[$1], $1) }
    let count = min(exampleCount, rows)
    return patches.selectingRows(
      (0..<count).map { ranked[(rows - 1) * (count + $0 + 1) / (2 * count)] })
  }
}

extension SparseVAE {
  /// ‖φₖ‖ of each filter.
  var filterNorms: [Double] {
    let filters = self.filters
    return (0..<filters.rows).map { row in
      filters.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }
}

extension MetricsTable {
  /// Time spent in training: each session's clock starts at zero.
  var trainingSeconds: Double {
    let seconds = self["seconds"]
    let ends = seconds.indices.filter { $0 + 1 == seconds.count || seconds[$0 + 1] < seconds[$0] }
    return ends.reduce(0) { $0 + seconds[$1] }
  }
}
