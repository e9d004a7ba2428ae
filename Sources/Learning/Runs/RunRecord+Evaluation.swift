import Compute
import Evaluation
import Foundation
import ImageData

extension RunRecord {
  /// - Parameters:
  ///   - data: what the run was trained on.
  ///   - seconds: spent in training.
  package init(
    _ evaluation: FilterEvaluation, _ model: some LearnedModel, data: DataSet, seconds: Double,
    team: ThreadTeam
  ) {
    let norms = evaluation.filters.rowNorms
    let chosen = Example.patches(of: data)
    let encode = model.encoder(team: team)
    let codes = encode(chosen)
    let patches = data.evaluationPatches
    let shown = patches.selectingRows(0..<min(2048, patches.rows))
    self.init(
      summary: Summary(evaluation), filters: Filter.filters(of: evaluation, norms: norms),
      examples: Example.examples(
        of: chosen, codes: codes, reconstructions: model.reconstructions(of: codes), norms: norms),
      data: DataDescription(data), seconds: seconds,
      amortization: model.amortization(on: patches, team: team),
      equalSparsity: EqualSparsity.measured(
        model, codes: encode(shown), patches: shown, team: team),
      logContrasts: (evaluation.posterior?.contrast?.logarithms.prefix(2048)).map(Array.init))
  }

  /// What is known of a finished run; measured now, on its own test patches, where it was not yet
  /// or the model is newer.
  package static func measured(_ folder: RunFolder, team: ThreadTeam) throws -> RunRecord {
    if let record = RunRecord(in: folder), record.isCurrent(in: folder) { return record }
    // An unfinished run has no model, and says so before any data is read.
    let run = try folder.finishedRun()
    return try measured(run, on: folder.data(team: team), team: team)
  }

  /// Whether the folder's model is the one that was measured.
  private func isCurrent(in folder: RunFolder) -> Bool {
    if let model { return model == DataOrigin.File(folder.modelFile).crc32 }
    func date(_ url: URL) -> Date? {
      try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
    }
    guard let written = date(folder.recordFile), let trained = date(folder.modelFile) else {
      return false
    }
    return written >= trained
  }

  /// A finished run measured on its data, as at the end of training, and written down.
  package static func measured(
    _ run: any FinishedRun, on data: DataSet, team: ThreadTeam
  ) throws -> RunRecord {
    var record = RunRecord(
      try run.evaluate(on: data, team: team), run.learned, data: data,
      seconds: try run.method.metrics(in: run.folder).trainingSeconds, team: team)
    try record.write(to: run.folder)
    return record
  }
}

extension LearningMethod {
  /// The course of a run of this method.
  package func metrics(in folder: RunFolder) throws -> MetricsTable {
    try MetricsTable(contentsOf: folder.metricsFile, columns: Self.columnNames)
  }
}

extension RunRecord.Filter {
  fileprivate static func filters(of evaluation: FilterEvaluation, norms: [Double]) -> [Self] {
    let active = evaluation.active
    let posterior = evaluation.posterior
    return norms.indices.map { k in
      Self(
        norm: norms[k], kl: posterior?.statistics.divergence[k],
        information: posterior?.activity.information[k],
        meanCode: posterior == nil ? evaluation.use[k] : nil, isActive: active.active[k],
        isSpike: active.spikes[k], isNoiseLike: active.noiseLike[k],
        gabor: (active.gaborFits?[k]).map(RunRecord.Gabor.init))
    }
  }
}

extension RunRecord.Gabor {
  package init(_ fit: GaborFit) {
    self.init(
      rSquared: fit.rSquared, orientation: fit.function.orientation,
      frequency: fit.function.frequency, hasCarrier: fit.hasCarrier)
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
  package static func patches(of data: DataSet) -> Matrix {
    let patches = data.evaluationPatches
    let rows = min(256, patches.rows)
    let energies = patches.selectingRows(0..<rows).rowEnergies
    let ranked = (0..<rows).sorted { (energies[$0], $0) < (energies[$1], $1) }
    let shown = min(count, rows)
    return patches.selectingRows(
      (0..<shown).map { ranked[(rows - 1) * (shown + $0 + 1) / (2 * shown)] })
  }
}
