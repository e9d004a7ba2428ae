import Compute
import Evaluation
import Figures
import Foundation
import ImageData
import SparseCodingVAE

/// A finished run, to be used on data.
public struct TrainedRun {
  public let folder: RunFolder
  public var configuration: RunConfiguration
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
  ///
  /// - Parameter leftOut: told of files that could not be read, where those are skipped.
  public func patches(
    of path: String?, team: ThreadTeam, leftOut: (ImageDataError) -> Void = { _ in }
  ) throws -> Matrix {
    try configuration.data.testPatches(
      of: path, treatedBy: preprocessing, team: team, leftOut: leftOut)
  }

  /// The model measured on the run's own test patches, or on other data.
  public func evaluate(
    on path: String? = nil, team: ThreadTeam, leftOut: (ImageDataError) -> Void = { _ in }
  ) throws -> ModelEvaluation {
    guard let path else {
      return ModelEvaluation(self, on: try configuration.data.dataSet(team: team), team: team)
    }
    let patches = try patches(of: path, team: team, leftOut: leftOut)
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

  /// Writes patches drawn from the model: as numbers `[count, height, width]` where `path` ends in
  /// npy, npz or mat or is "-" for .npy on standard output, otherwise as a picture.
  ///
  /// - Parameter restored: whether patches are taken back toward the images' own units.
  public func writeSamples(
    _ count: Int, seed: UInt64, restored: Bool = false, to path: String, team: ThreadTeam
  ) throws {
    func drawn(_ range: Range<Int>) -> Matrix {
      let patches = samples(range, seed: seed, team: team)
      return restored ? preprocessing.restored(patches) : patches
    }
    let (height, width) = (preprocessing.patchHeight, preprocessing.patchWidth)
    if path == "-" || ArrayRowWriter.knows(path) {
      let writer = try ArrayRowWriter(
        path: path, name: "patches", rowShape: [height, width], rows: count)
      for start in stride(from: 0, to: count, by: ArrayStream.rowsAtATime) {
        try writer.append(drawn(start..<min(count, start + ArrayStream.rowsAtATime)))
      }
      try writer.finish()
      return
    }
    _ = try FigureFormat(path: path)
    guard count <= 10_000 else {
      throw RunError(
        "\(path): \(count) patches are too many for a picture",
        remedy: "at most 10,000; or write .npy")
    }
    let patches = drawn(0..<count)
    try PatchSheet(
      blocks: [
        restored ? .raw(patches) : .whitened(patches, title: "Drawn from the model")
      ], patchHeight: height, patchWidth: width
    ).write(to: path)
  }
}

extension DataSettings {
  /// These data's test patches or, where `path` is given, patches of that data, treated by
  /// `preprocessing`.
  func testPatches(
    of path: String?, treatedBy preprocessing: Preprocessing, team: ThreadTeam,
    leftOut: (ImageDataError) -> Void = { _ in }
  ) throws -> Matrix {
    if let path {
      let held = preparation.heldOutPatches ?? 8192
      let source = try DataSource.open(path: path, reading: preparation.reading)
      return try preprocessing.patches(
        from: source, count: held, skipsUnreadable: preparation.skipsUnreadable, team: team,
        leftOut: leftOut)
    }
    return try dataSet(team: team).evaluationPatches
  }

  /// These data, prepared.
  public func dataSet(team: ThreadTeam) throws -> DataSet {
    try DataSet(open(), preparation, team: team)
  }
}

/// Writes rows as .npy, .npz or .mat where `path` asks for that; otherwise makes sure that it is a picture's.
func writeNumbers(_ rows: Matrix, to path: String) throws -> Bool {
  guard ArrayRowWriter.knows(path) else {
    _ = try FigureFormat(path: path)
    return false
  }
  let writer = try ArrayRowWriter(
    path: path, name: "filters", rowShape: [rows.columns], rows: rows.rows)
  try writer.append(rows)
  try writer.finish()
  return true
}
