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
  /// Patches of other data, treated as the training data was.
  ///
  /// - Parameters:
  ///   - path: where the data lies.
  ///   - other: how it is to be read.
  /// - Throws: an `ImageDataError` where it cannot be treated so, or is of quite another scale.
  public func patches(of path: String, _ other: OtherData, team: ThreadTeam) throws -> Matrix {
    var reading = other.preparation.reading
    reading.colour = preprocessing.colourMode
    if other.isTreated { reading.meaning = .patches }
    let treatment = other.isTreated ? preprocessing.afterTreatment : preprocessing
    return try treatment.patches(
      from: DataSource.open(path: path, reading: reading),
      count: other.preparation.heldOutPatches ?? 8192,
      skipsUnreadable: other.preparation.skipsUnreadable, takesAnyScale: other.takesAnyScale,
      largestImage: other.preparation.largestImage, team: team, notice: other.notice)
  }

  /// The model measured on the run's own test patches or, where `path` is given, on other data; if
  /// these are the run's own, which have been moved there, on its own test patches.
  public func evaluate(
    on path: String? = nil, _ other: OtherData? = nil, team: ThreadTeam
  ) throws -> FilterEvaluation {
    let reading = (other?.preparation ?? method.data.preparation).reading
    guard let path, try !folder.isMoved(to: path, reading: reading, team: team) else {
      return try evaluate(on: folder.data(at: path, team: team), team: team)
    }
    let patches = try patches(
      of: path, other ?? OtherData(method.data.preparation), team: team)
    var instruments = Instruments(for: preprocessing, patches: patches, team: team)
    // A Gaussian fitted to the very patches that it is measured on would be too low a floor.
    instruments.training = nil
    return learned.evaluation(on: patches, instruments)
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
      let known = try RunRecord.measured(folder, team: team).filters
      try FilterMosaic(
        learned.filters, active: known.map(\.isActive), use: known.map(\.use), preprocessing,
        order: order
      ).write(to: path)
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
