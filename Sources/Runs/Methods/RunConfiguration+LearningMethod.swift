import Compute
import ImageData
import SparseCodingVAE

extension RunConfiguration: LearningMethod {
  var seed: UInt64 {
    get { training.seed }
    set { training.seed = newValue }
  }

  var latents: Int { model.latents }

  var settings: MethodSettings {
    MethodSettings(
      method: MethodConfiguration.Name.svae.rawValue, constraint: model.constraint.rawValue,
      tangent: model.constraint == .unitNorm && model.tangent,
      learnsGain: model.constraint == .weightNormalization && model.learnsGain,
      prior: model.prior.rawValue, posterior: model.posterior.rawValue)
  }

  var cost: Double {
    let side = Double(data.preparation.patchSize)
    let encoder = model.encoder
    let widths = [side * side] + (encoder.trunk + encoder.mean + encoder.logScale).map(Double.init)
    let weights = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      + Double(latents) * (2 * (widths.last ?? 0) + side * side)
    return weights * Double(training.epochs * data.preparation.patches * training.samples)
  }

  static var metricsHeader: String { MetricsRow.header }

  func learn(
    _ site: LearningSite, progress: @escaping (Double) -> Bool
  ) throws -> LearningOutcome {
    let run =
      if let folder = site.folder {
        try TrainingRun(resuming: folder, self, data: site.data, team: site.team)
      } else {
        try TrainingRun(new: self, at: site.url, data: site.data, team: site.team)
      }
    var observer = TrainingRun.Observer()
    observer.step = { done, total in progress(Double(done) / Double(max(1, total))) }
    do {
      switch try run.run(observer) {
      case .stopped: return .stopped
      case .finished(let evaluation):
        return .finished(try record(evaluation, run.folder, site.data, site.team))
      }
    } catch let error as TrainingDiverged {
      return .diverged("\(error)")
    }
  }

  func measure(_ folder: RunFolder, on data: DataSet, team: ThreadTeam) throws -> RunRecord {
    try record(
      ModelEvaluation(TrainedRun(folder), on: data, team: team), folder, data, team)
  }

  private func record(
    _ evaluation: ModelEvaluation, _ folder: RunFolder, _ data: DataSet, _ team: ThreadTeam
  ) throws -> RunRecord {
    let metrics = try MetricsTable(contentsOf: folder.metricsFile, through: .max)
    return RunRecord(evaluation, data: data, seconds: metrics.trainingSeconds, team: team)
  }

  func filters(of folder: RunFolder) throws -> Matrix { try folder.loadModel().model.filters }

  func inferenceSeconds(_ folder: RunFolder, team: ThreadTeam) throws -> Double? {
    let run = try TrainedRun(folder)
    let inference = Inference(run.model, team: team)
    return InferenceTiming.secondsPerThousand(try run.patches(of: nil, team: team)) {
      inference.encode($0).mean
    }
  }
}

extension ModelEvaluation {
  /// A finished run measured on its data's test patches, as at the end of training.
  init(_ run: TrainedRun, on data: DataSet, team: ThreadTeam) {
    self.init(
      run.model, on: data.evaluationPatches,
      noiseTest: Self.noiseTest(for: data.preprocessing, patches: data.train, team: team),
      gaborFitter: Self.gaborFitter(for: data.preprocessing), team: team)
  }
}
