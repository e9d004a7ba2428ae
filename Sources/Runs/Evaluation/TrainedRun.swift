import Compute
import Evaluation
import Figures
import Foundation
import ImageData
import SparseCodingVAE

/// A finished run, to be used on data.
public struct TrainedRun {
  public let folder: RunFolder
  public let configuration: RunConfiguration
  public let model: SparseVAE
  public let preprocessing: Preprocessing

  /// - Throws: a `RunError` where the run is not finished or damaged.
  public init(_ folder: RunFolder) throws {
    self.folder = folder
    configuration = try folder.configuration()
    (model, preprocessing) = try folder.loadModel()
  }

  /// The run's own test patches or, where `path` is given, patches of that data, treated as the
  /// training data was.
  public func patches(of path: String?, team: ThreadTeam) throws -> Matrix {
    try configuration.data.testPatches(of: path, treatedBy: preprocessing, team: team)
  }

  /// The model measured on the run's own test patches, or on other data.
  public func evaluate(on path: String? = nil, team: ThreadTeam) throws -> ModelEvaluation {
    guard let path else {
      return ModelEvaluation(self, on: try configuration.data.dataSet(team: team), team: team)
    }
    let patches = try patches(of: path, team: team)
    return ModelEvaluation(
      model, on: patches,
      noiseTest: ModelEvaluation.noiseTest(for: preprocessing, patches: patches, team: team),
      gaborFitter: ModelEvaluation.gaborFitter(for: preprocessing), team: team)
  }

  /// Writes the filters as a picture or, where `path` ends in npy, as numbers [latents, pixels].
  public func writeFilters(to path: String, order: FilterOrder, team: ThreadTeam) throws {
    if try writeNumbers(model.filters, to: path) { return }
    let evaluation = try evaluate(team: team)
    try FilterMosaic(evaluation, preprocessing, order: order).write(to: path)
  }

  /// Writes patches drawn from the model as a picture or, where `path` ends in npy, as numbers.
  public func writeSamples(_ count: Int, seed: UInt64, to path: String, team: ThreadTeam) throws {
    let samples = samples(count, seed: seed, team: team)
    if try writeNumbers(samples, to: path) { return }
    try PatchSheet(
      blocks: [.whitened(samples, title: "Drawn from the model")],
      patchHeight: preprocessing.patchHeight, patchWidth: preprocessing.patchWidth
    ).write(to: path)
  }
}

extension RunConfiguration.DataSettings {
  /// These data's test patches or, where `path` is given, patches of that data, treated by
  /// `preprocessing`.
  func testPatches(
    of path: String?, treatedBy preprocessing: Preprocessing, team: ThreadTeam
  ) throws -> Matrix {
    if let path {
      let held = preparation.heldOutPatches ?? 8192
      let source = try DataSource.open(path: path, reading: preparation.reading)
      return try preprocessing.patches(from: source, count: held, team: team)
    }
    return try dataSet(team: team).evaluationPatches
  }

  /// These data, prepared.
  public func dataSet(team: ThreadTeam) throws -> DataSet {
    try DataSet(open(), preparation, team: team)
  }
}

/// Writes rows as .npy where `path` asks for that; otherwise makes sure that it is a picture's.
func writeNumbers(_ rows: Matrix, to path: String) throws -> Bool {
  guard path.hasSuffix(".npy") else {
    _ = try FigureFormat(path: path)
    return false
  }
  var writer = try NPYRowWriter(path: path, rowShape: [rows.columns], rows: rows.rows)
  try writer.append(rows)
  try writer.finish()
  return true
}
