import Compute
import Evaluation
import Figures
import Files
import Foundation
import ImageData

/// A run of any method, from its configuration to its last picture.
public struct Run<Method: LearningMethod> {
  /// Where everything is written.
  public let folder: RunFolder
  /// What determines the run, resolved.
  public let configuration: Method
  /// What it learns from and is measured on.
  public let data: DataSet
  /// Whether the run's course is also written for TensorBoard, into `RUN/tensorboard`; a resumed
  /// run appends to what is there.
  public var writesTensorBoard: Bool
  /// What is wrong with checkpoints that are newer than the one from which the run was resumed.
  public private(set) var passedOver: [RunError] = []
  private let site: LearningSite
  private let learner: Method.Learner
  private let lock: RunLock
  private let started = Date()
  /// Seconds after which a checkpoint is written in the midst of an epoch.
  public var checkpointInterval = 600.0

  /// Follows a run's progress.
  public struct Observer {
    /// Called after every step with (done, total). False stops the run at a checkpoint.
    public var step: (_ done: Int, _ of: Int) -> Bool = { _, _ in true }
    /// Called after every epoch with its line for the console, and with a remark on it.
    public var epoch: (String) -> Void = { _ in }

    /// An observer that lets the run go on in silence.
    public init() {}
  }

  /// How a run ended.
  public enum Outcome {
    /// At its end, with the model and its evaluation on test patches.
    case finished(FilterEvaluation, Method.Learner.Model)
    /// At a checkpoint, from which it can be resumed.
    case stopped
  }

  /// Heads the lines that the observer is given.
  public static var consoleHeading: String { Method.consoleHeading }

  /// Begins a run in a new folder.
  ///
  /// - Throws: a `RunError` where the folder is taken or a setting is out of its range.
  public init(
    new configuration: Method, at url: URL, data: DataSet, team: ThreadTeam,
    progress: @escaping ProgressReport = { _ in }
  ) throws {
    try RunFolder.checkIsFree(url)
    try self.init(configuration, data, team, progress) { try RunFolder.create(at: url, $0, $1) }
  }

  /// Begins a run in a new folder `runs/NAME-NUMBER`, the first free one for its data, also where
  /// others begin at the same time.
  ///
  /// - Throws: a `RunError` where a setting is out of its range.
  public init(
    new configuration: Method, namedFor source: DataSource, data: DataSet, team: ThreadTeam,
    progress: @escaping ProgressReport = { _ in }
  ) throws {
    try self.init(configuration, data, team, progress) {
      try RunFolder.create(for: source, $0, $1)
    }
  }

  private init(
    _ configuration: Method, _ data: DataSet, _ team: ThreadTeam,
    _ progress: @escaping ProgressReport, folder create: (Method, DataRecord) throws -> RunFolder
  ) throws {
    try Instruments.requireMeasurable(data.preprocessing)
    var configuration = configuration
    configuration.resolve(for: data.kind)
    configuration.data.preparation = data.configuration
    configuration.data.source = configuration.data.source.map(DataRecord.absolute)
    try configuration.validate()
    let site = LearningSite(data, team: team, progress: progress)
    let learner = try configuration.learner(on: site, from: nil)
    let record = DataRecord(configuration.data.source, data.origin)
    let folder = try create(configuration, record)
    self.init(folder, configuration, site, learner, try RunLock(folder))
  }

  /// Resumes a run from its newest checkpoint, or the one before where that is damaged: see
  /// `passedOver`. A configuration that differs in nothing but more steps (`LearningMethod.length`)
  /// makes the run longer, also where it was finished.
  ///
  /// - Throws: a `RunError` where another process trains the run, where other settings differ from
  ///   those that it was trained with, or where there is a model without a checkpoint, which would
  ///   be lost.
  public init(
    resuming folder: RunFolder, _ configuration: Method, data: DataSet, team: ThreadTeam,
    progress: @escaping ProgressReport = { _ in }
  ) throws {
    let lock = try RunLock(folder)
    let holdsModel = FileManager.default.fileExists(atPath: folder.modelFile.path)
    if holdsModel, Checkpoint.files(in: folder).isEmpty {
      throw RunError(
        file: folder.url, "holds a model, but no checkpoint to resume from",
        remedy: "an imported model cannot be trained further; begin a new run with it: --init-from "
          + folder.url.shellPath)
    }
    var configuration = configuration
    configuration.resolve(for: data.kind)
    let trained: Method? = try folder.trainedConfiguration()
    if let trained, !configuration.extends(trained) {
      try folder.check(configuration, against: trained)
    }
    try folder.check(data, at: configuration.data.source)
    // Before anything is changed.
    _ = try MetricsTable(contentsOf: folder.metricsFile, columns: Method.columnNames)
    TemporaryName.sweep(folder.url)
    let site = LearningSite(data, team: team, progress: progress)
    let resumed = try Checkpoint.newest(in: folder) { checkpoint in
      try configuration.learner(on: site, from: checkpoint)
    }
    if let trained, configuration.extends(trained) {
      try folder.extend(to: configuration)
      try lock.renew()
    }
    self.init(
      folder, configuration, site,
      try resumed?.learner ?? configuration.learner(on: site, from: nil), lock)
    passedOver = resumed?.passedOver ?? []
  }

  private init(
    _ folder: RunFolder, _ configuration: Method, _ site: LearningSite,
    _ learner: Method.Learner, _ lock: RunLock
  ) {
    (self.folder, self.configuration, self.site, self.learner, self.lock) =
      (folder, configuration, site, learner, lock)
    data = site.data
    writesTensorBoard = TensorBoardLog.exists(in: folder)
  }

  /// Learns to the end, or until the observer says stop. A run that is finished is measured only:
  /// none of its files changes.
  ///
  /// - Throws: a `LearningDivergence`, with the last good checkpoint kept; a `RunError` where a
  ///   file cannot be written.
  public func run(_ observer: Observer = Observer()) throws -> Outcome {
    try lock.take()
    defer { lock.release() }
    var learner = learner
    let isFinished = folder.isFinished && learner.progress.done >= learner.progress.total
    var metrics = try MetricsTable(
      contentsOf: folder.metricsFile, through: learner.lastEpoch, columns: Method.columnNames)
    let earlier = metrics.trainingSeconds
    func seconds() -> Double { earlier + Date().timeIntervalSince(started) }
    var (done, total) = learner.progress
    let log =
      writesTensorBoard && done < total
      ? try TensorBoardLog(folder, after: done, data.preprocessing) : nil
    while done < total {
      var continues = true
      let saved = Date()
      let epoch = try learner.learnEpoch { count in
        continues = observer.step(count, total)
        return continues && Date().timeIntervalSince(saved) < checkpointInterval
      }
      let row = epoch.map { Method.numbers($0, seconds: seconds()) } ?? []
      if let epoch {
        metrics.add(row)
        observer.epoch(Method.consoleLine(row))
        if let failure = LearningBlewUp(after: epoch, unit: Method.columns[0].name) {
          // The numbers are kept, and the checkpoint before.
          try metrics.write(to: folder.metricsFile)
          throw failure
        }
        if let remark = configuration.remark(after: epoch) { observer.epoch(remark) }
      }
      (done, total) = learner.progress
      try Checkpoint.write(learner.checkpoint, configuration, step: done, to: folder)
      try metrics.write(to: folder.metricsFile)
      // After the checkpoint: a run that stops in between leaves an epoch out, and none twice.
      if let epoch {
        let values = Array(zip(Method.columnNames, row))
        try log?.add(values, epoch, model: learner.model, progress: learner.progress)
      }
      if !continues, done < total { return .stopped }
    }
    let model = learner.model
    let evaluation = model.evaluation(on: data.evaluationPatches, site.instruments)
    if let failure = LearningBlewUp(evaluation) { throw failure }
    if !isFinished { try finish(model, evaluation, metrics, seconds: seconds()) }
    return .finished(evaluation, model)
  }

  private func finish(
    _ model: Method.Learner.Model, _ evaluation: FilterEvaluation, _ metrics: MetricsTable,
    seconds: Double
  ) throws {
    try folder.save(model, configuration, data.preprocessing)
    try FilterMosaic(evaluation, data.preprocessing, order: .activity)
      .write(to: folder.filtersPicture.path)
    try configuration.curves(of: metrics).write(to: folder.curvesPicture.path)
    var record = RunRecord(
      evaluation, model, data: data, seconds: metrics.trainingSeconds, team: site.team)
    try record.write(to: folder)
    let environment = Environment(
      threads: site.team.count, started: started, seconds: seconds, data: data.origin)
    let text = try json(environment, pretty: true)
    try RunChecksums(folder).write(folder, environment: text)
    try AtomicFile.write(text, to: folder.environmentFile)
  }
}

extension LearningSite {
  init(_ data: DataSet, team: ThreadTeam, progress: @escaping ProgressReport = { _ in }) {
    self.init(
      data: data,
      instruments: Instruments(
        for: data.preprocessing, patches: data.train, team: team, progress: progress),
      team: team)
  }
}

extension DataSet {
  /// The test patches; where there are none, those of validation, or of training.
  var evaluationPatches: Matrix {
    test.rows > 0 ? test : validation.rows > 0 ? validation : train
  }
}
