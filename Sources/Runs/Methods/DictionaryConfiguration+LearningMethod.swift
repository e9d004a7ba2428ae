import Compute
import ImageData
import SparseCoding
import SparseCodingVAE

extension DictionaryConfiguration: LearningMethod {
  var seed: UInt64 {
    get { sparseCoding.seed }
    set { sparseCoding.seed = newValue }
  }

  var latents: Int { sparseCoding.atoms }

  var settings: MethodSettings {
    // λ|z| is the energy of a Laplace prior; Olshausen & Field's penalty that of a Cauchy prior.
    let isCauchy = sparseCoding.resolved.solver == .conjugateGradient
    return MethodSettings(
      method: MethodConfiguration.Name.sparseCoding.rawValue,
      constraint: sparseCoding.constraint.rawValue, tangent: nil, learnsGain: nil,
      prior: (isCauchy ? PriorFamily.cauchy : .laplace).rawValue, posterior: nil)
  }

  var cost: Double {
    let settings = sparseCoding.resolved
    let side = Double(data.preparation.patchSize)
    let codes = Double((settings.updates ?? 0) * (settings.batchSize ?? 0))
    // Correlations are found several times over for each code.
    return codes * 8 * Double(settings.atoms) * side * side
  }

  static var metricsHeader: String { DictionaryRow.header }

  func learn(
    _ site: LearningSite, progress: @escaping (Double) -> Bool
  ) throws -> LearningOutcome {
    let run =
      if let folder = site.folder {
        try DictionaryRun(resuming: folder, self, data: site.data, team: site.team)
      } else {
        try DictionaryRun(new: self, at: site.url, data: site.data, team: site.team)
      }
    var observer = DictionaryRun.Observer()
    observer.update = { done, total in progress(Double(done) / Double(max(1, total))) }
    do {
      switch try run.run(observer) {
      case .stopped: return .stopped
      case .finished(let evaluation):
        return .finished(try record(evaluation, run.folder, site.data, site.team))
      }
    } catch let error as LearningDiverged {
      return .diverged("\(error)")
    }
  }

  func measure(_ folder: RunFolder, on data: DataSet, team: ThreadTeam) throws -> RunRecord {
    try record(
      DictionaryEvaluation(TrainedDictionary(folder), on: data, team: team), folder, data, team)
  }

  private func record(
    _ evaluation: DictionaryEvaluation, _ folder: RunFolder, _ data: DataSet, _ team: ThreadTeam
  ) throws -> RunRecord {
    let metrics = try MetricsTable(
      contentsOf: folder.metricsFile, through: .max, header: Self.metricsHeader)
    return RunRecord(
      evaluation, sparseCoding.learner, data: data, seconds: metrics.trainingSeconds, team: team)
  }

  func filters(of folder: RunFolder) throws -> Matrix { try folder.loadDictionary().dictionary }

  func inferenceSeconds(_ folder: RunFolder, team: ThreadTeam) throws -> Double? {
    let trained = try TrainedDictionary(folder)
    let patches = try data.testPatches(of: nil, treatedBy: trained.preprocessing, team: team)
    let (problem, solver) = (trained.problem, sparseCoding.learner.solver)
    return InferenceTiming.secondsPerThousand(patches) {
      solver.encode($0, problem: problem, team: team).codes
    }
  }
}

extension DictionaryEvaluation {
  /// A finished dictionary measured on its data's test patches, as at the end of learning.
  init(_ trained: TrainedDictionary, on data: DataSet, team: ThreadTeam) {
    self.init(
      trained.problem, solver: trained.configuration.sparseCoding.learner.solver,
      on: data.evaluationPatches,
      noiseTest: ModelEvaluation.noiseTest(
        for: data.preprocessing, patches: data.train, team: team),
      gaborFitter: ModelEvaluation.gaborFitter(for: data.preprocessing), team: team)
  }
}
