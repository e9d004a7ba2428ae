import Compute
import Evaluation
import Files
import Foundation
import ImageData
import SparseCoding

/// The learning of a dictionary, from its configuration to its last picture.
public struct DictionaryRun {
  public let folder: RunFolder
  public let configuration: DictionaryConfiguration
  public let data: DataSet
  private let learner: DictionaryLearner
  private let start: DictionaryCheckpoint
  private let team: ThreadTeam
  private let started = Date()

  /// What happens in a run, for whoever shows it.
  public struct Observer {
    /// Told after every update: updates done and in all. False stops the run at a checkpoint.
    public var update: (_ done: Int, _ of: Int) -> Bool = { _, _ in true }
    public var row: (DictionaryRow) -> Void = { _ in }

    public init() {}
  }

  /// How a run ended.
  public enum Outcome {
    case finished(DictionaryEvaluation)
    /// Stopped after so many updates; resuming goes on.
    case stopped(update: Int)
  }

  /// Begins a run in a new folder.
  public init(
    new configuration: DictionaryConfiguration, at url: URL, data: DataSet, team: ThreadTeam
  ) throws {
    try RunFolder.checkIsFree(url)
    try ModelEvaluation.requireMeasurable(data.preprocessing)
    guard data.shards == nil else {
      throw RunError(
        "data.memory is less than the training patches take",
        remedy: "dictionaries are learned from patches in memory: allow more, or take fewer")
    }
    var configuration = configuration
    configuration.data.preparation = data.configuration
    configuration.sparseCoding = configuration.sparseCoding.resolved
    try configuration.validate()
    self.init(
      try RunFolder.create(at: url, configuration), configuration, data, checkpoint: nil,
      team: team)
  }

  /// Goes on with a run from its newest checkpoint.
  public init(
    resuming folder: RunFolder, _ configuration: DictionaryConfiguration, data: DataSet,
    team: ThreadTeam
  ) throws {
    let checkpoint = try DictionaryCheckpoint.newest(
      in: folder, atoms: configuration.sparseCoding.atoms, pixels: data.preprocessing.pixels)
    self.init(folder, configuration, data, checkpoint: checkpoint, team: team)
  }

  private init(
    _ folder: RunFolder, _ configuration: DictionaryConfiguration, _ data: DataSet,
    checkpoint: DictionaryCheckpoint?, team: ThreadTeam
  ) {
    self.folder = folder
    self.configuration = configuration
    self.data = data
    self.team = team
    let settings = configuration.sparseCoding
    learner = settings.learner
    start =
      checkpoint
      ?? DictionaryCheckpoint(
        state: DictionaryState(
          atoms: settings.atoms, pixels: data.preprocessing.pixels, seed: settings.seed),
        progress: DictionaryProgress())
  }

  /// Updates from one row of `metrics.csv`, and from one checkpoint, to the next.
  private var updatesPerRow: Int { max(1, learner.updates / 25) }

  /// Learns to the end, or until the observer says stop.
  ///
  /// - Throws: `LearningDiverged`, with the last good checkpoint kept; a `RunError` where a file
  ///   cannot be written.
  public func run(_ observer: Observer) throws -> Outcome {
    var (state, progress) = (start.state, start.progress)
    let earlierSeconds = progress.seconds
    func seconds() -> Double { earlierSeconds + Date().timeIntervalSince(started) }
    var metrics = try MetricsTable(
      contentsOf: folder.metricsFile, through: state.step, header: DictionaryRow.header)
    var order = BatchOrder(
      patches: data.train.rows, batchSize: learner.batchSize, seed: learner.seed)
    while state.step < learner.updates {
      let batch = data.train.selectingRows(order.indices(step: state.step))
      let update = learner.step(&state, patches: batch, team: team)
      guard update.objective.isFinite, update.notFinite < batch.rows else {
        throw LearningDiverged(update: state.step)
      }
      progress.add(update)
      let isRow = state.step % updatesPerRow == 0 || state.step == learner.updates
      let goesOn = observer.update(state.step, learner.updates)
      if isRow {
        let row = DictionaryRow(
          progress, state,
          validation: DictionaryFit(
            learner.problem(state), solver: learner.solver, on: validationPatches, team: team),
          seconds: seconds())
        metrics.add(line: row.line)
        observer.row(row)
        progress.startRow()
        try metrics.write(to: folder.metricsFile)
      }
      if isRow || !goesOn {
        progress.seconds = seconds()
        try DictionaryCheckpoint(state: state, progress: progress).write(to: folder)
      }
      if !goesOn && state.step < learner.updates { return .stopped(update: state.step) }
    }
    return .finished(try finish(state, metrics, seconds: seconds()))
  }

  private func finish(
    _ state: DictionaryState, _ metrics: MetricsTable, seconds: Double
  ) throws -> DictionaryEvaluation {
    let evaluation = DictionaryEvaluation(
      learner.problem(state), solver: learner.solver,
      on: data.test.rows > 0 ? data.test : validationPatches,
      noiseTest: ModelEvaluation.noiseTest(
        for: data.preprocessing, patches: data.train, team: team),
      gaborFitter: ModelEvaluation.gaborFitter(for: data.preprocessing), team: team)
    try folder.save(state.dictionary, data.preprocessing)
    try DictionaryPictures(
      evaluation: evaluation, preprocessing: data.preprocessing, metrics: metrics
    ).write(to: folder)
    try AtomicFile.write(
      try json(
        Environment(threads: team.count, started: started, seconds: seconds), pretty: true),
      to: folder.environmentFile)
    return evaluation
  }

  /// A thousand patches tell the course well enough.
  private var validationPatches: Matrix {
    let patches = data.validation.rows > 0 ? data.validation : data.train
    return patches.rows > 1000 ? patches.selectingRows(0..<1000) : patches
  }
}

/// Codes left the range of finite numbers.
public struct LearningDiverged: Error, CustomStringConvertible {
  /// The update after which they did.
  public let update: Int

  public var description: String {
    "learning diverged at update \(update): codes left the range of finite numbers; lower "
      + "sparseCoding.rate, or give another solver. The last checkpoint is kept"
  }
}

extension DictionaryConfiguration {
  public func header(pixels: Int, kind: PatchKind) -> String {
    let settings = sparseCoding.resolved
    let solver = settings.solver ?? .activeSet
    let codes =
      solver.takesActiveAtoms
      ? "\(solver.rawValue), \(settings.activeAtoms) active atoms"
      : "λ = \(settings.lambda), \(solver.rawValue) to a "
        + (solver.hasDualityGap ? "relative duality gap of " : "relative gradient of ")
        + "\(settings.gap)" + (settings.nonnegative ? ", nonnegative" : "")
    let (updates, batch) = (settings.updates ?? 0, settings.batchSize ?? 0)
    let passes = Double(updates) * Double(batch) / Double(max(1, data.preparation.patches))
    let lines: [(label: String, text: String)] = [
      (
        "dictionary",
        "\(settings.atoms) atoms for \(pixels) pixels; \(settings.constraint.rawValue)"
      ),
      ("codes", codes),
      (
        "learning",
        "\(updates) updates with \(batch) patches each, "
          + String(format: "%.1f", passes) + " passes; rule \(settings.rule.rawValue)"
      ),
    ]
    return aligned(lines, labelWidth: 14)
  }
}
