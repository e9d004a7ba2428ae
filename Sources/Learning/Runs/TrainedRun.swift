import Compute
import Figures
import Foundation
import ImageData

/// A finished run of a known method, to be used on data.
public struct TrainedRun<Method: LearningMethod>: FinishedRun {
  public let folder: RunFolder
  /// What determined the run.
  public var configuration: Method
  /// What was learned.
  public let model: Method.Learner.Model
  public let preprocessing: Preprocessing

  public var method: any LearningMethod { configuration }
  public var learned: any LearnedModel { model }

  /// - Throws: a `RunError` where the run is not finished, damaged, or another method's.
  public init(_ folder: RunFolder) throws {
    let configuration = try folder.configuration(of: Method.self)
    try self.init(folder, configuration)
  }

  fileprivate init(_ folder: RunFolder, _ configuration: Method) throws {
    self.folder = folder
    self.configuration = configuration
    (model, preprocessing) = try folder.load(configuration)
  }
}

/// A finished run of whichever method.
public protocol FinishedRun {
  /// Where the run lies.
  var folder: RunFolder { get }
  /// What determined it.
  var method: any LearningMethod { get }
  /// What was learned.
  var learned: any LearnedModel { get }
  /// What was done to its data, to treat new data alike.
  var preprocessing: Preprocessing { get }
}

extension RunFolder {
  /// The finished run, of whichever method.
  ///
  /// - Throws: a `RunError` where it is not finished or is damaged.
  public func finishedRun() throws -> any FinishedRun {
    func run(_ method: some LearningMethod) throws -> any FinishedRun {
      try TrainedRun(self, method)
    }
    return try run(method())
  }
}

extension FinishedRun {
  /// The run's own test patches or, where `path` is given, patches of that data, treated as the
  /// training data was.
  ///
  /// - Parameters:
  ///   - other: how that data is to be read; nil for as the run's own.
  ///   - leftOut: told of files that could not be read, where those are skipped.
  public func patches(
    of path: String? = nil, reading other: DataConfiguration? = nil, team: ThreadTeam,
    leftOut: (ImageDataError) -> Void = { _ in }
  ) throws -> Matrix {
    guard let path else { return try method.data.dataSet(team: team).evaluationPatches }
    let preparation = other ?? method.data.preparation
    let source = try DataSource.open(path: path, reading: preparation.reading)
    return try preprocessing.patches(
      from: source, count: preparation.heldOutPatches ?? 8192,
      skipsUnreadable: preparation.skipsUnreadable, largestImage: preparation.largestImage,
      team: team, leftOut: leftOut)
  }

  /// The model measured on the run's own test patches, or on other data.
  public func evaluate(
    on path: String? = nil, reading other: DataConfiguration? = nil, team: ThreadTeam,
    leftOut: (ImageDataError) -> Void = { _ in }
  ) throws -> FilterEvaluation {
    if path == nil { return try evaluate(on: method.data.dataSet(team: team), team: team) }
    let patches = try patches(of: path, reading: other, team: team, leftOut: leftOut)
    return learned.evaluation(
      on: patches, Instruments(for: preprocessing, patches: patches, team: team))
  }

  /// The model measured on the test patches of its data, as at the end of training.
  package func evaluate(on data: DataSet, team: ThreadTeam) throws -> FilterEvaluation {
    learned.evaluation(
      on: data.evaluationPatches,
      Instruments(for: data.preprocessing, patches: data.train, team: team))
  }

  /// Writes the filters as a picture or, where `path` ends in npy, as numbers [latents, pixels].
  public func writeFilters(to path: String, order: FilterOrder, team: ThreadTeam) throws {
    guard ArrayRowWriter.knows(path) else {
      _ = try FigureFormat(path: path)
      try FilterMosaic(evaluate(team: team), preprocessing, order: order).write(to: path)
      return
    }
    let filters = learned.filters
    let writer = try ArrayRowWriter(
      path: path, name: "filters", rowShape: [filters.columns], rows: filters.rows)
    try writer.append(filters)
    try writer.finish()
  }
}

extension DataSettings {
  /// These data, prepared.
  public func dataSet(team: ThreadTeam) throws -> DataSet {
    try DataSet(open(), preparation, team: team)
  }
}
