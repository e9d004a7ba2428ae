import Compute
import Figures
import Foundation
import ImageData

/// A run's course for TensorBoard: scalars and histograms of each epoch, the filters as a picture
/// of some.
///
/// Steps are the optimiser's. A resumed run appends a file.
struct TensorBoardLog {
  private let file: EventFile
  private let preprocessing: Preprocessing

  /// The folder of a run's event files.
  static func folder(of run: RunFolder) -> URL {
    run.url.appending(path: "tensorboard", directoryHint: .isDirectory)
  }

  /// Whether the run has such a log.
  static func exists(in run: RunFolder) -> Bool {
    FileManager.default.fileExists(atPath: folder(of: run).path)
  }

  /// - Parameter step: steps done before.
  init(_ run: RunFolder, after step: Int, _ preprocessing: Preprocessing) throws {
    file = try EventFile(in: Self.folder(of: run), firstStep: step + 1)
    self.preprocessing = preprocessing
  }

  /// Writes an epoch's values.
  ///
  /// - Parameter row: the epoch's row of `metrics.csv`.
  func add(
    _ row: [(name: String, value: Double?)], _ epoch: some LearningEpoch,
    model: some LearnedModel, progress: (done: Int, total: Int)
  ) throws {
    var values: [(tag: String, value: EventFile.Value)] = row.compactMap { name, value in
      guard let value, name != "step" else { return nil }
      return (Self.tag(name), .scalar(Float(value)))
    }
    let filters = model.filters
    for (tag, numbers) in [
      ("filters/norm", filters.rowNorms),
      ("latents/kl", epoch.evaluation?.posterior?.statistics.divergence ?? []),
    ] {
      if let histogram = EventHistogram(of: numbers) { values.append((tag, .histogram(histogram))) }
    }
    if Self.drawsFilters(after: epoch.number, progress) {
      values.append(
        ("filters/mosaic", try picture(of: filters, active: epoch.evaluation?.active.active)))
    }
    try file.append(values, step: progress.done)
  }

  /// After the first epoch and the last, and about ten times in between.
  private static func drawsFilters(
    after epoch: Int, _ progress: (done: Int, total: Int)
  ) -> Bool {
    let epochs = progress.total * epoch / max(1, progress.done)
    return epoch == 1 || epoch == epochs || epoch % max(1, epochs / 10) == 0
  }

  private func picture(of filters: Matrix, active: [Bool]?) throws -> EventFile.Value {
    let mosaic = FilterMosaic(
      filters: filters, patchHeight: preprocessing.patchHeight,
      patchWidth: preprocessing.patchWidth, inactive: active?.map { !$0 } ?? [],
      caption: active.map { FilterMosaic.caption(filters: $0.count, active: Int($0.trues)) } ?? "")
    let scale = 2
    return .png(
      try mosaic.data(format: .png, pixelsPerPoint: scale),
      height: Int((mosaic.size.height * Double(scale)).rounded(.up)),
      width: Int((mosaic.size.width * Double(scale)).rounded(.up)))
  }

  /// TensorBoard groups tags by what stands before the slash.
  private static func tag(_ column: String) -> String {
    func below(_ group: String, _ prefix: String) -> String {
      let rest = column.dropFirst(prefix.count)
      return "\(group)/\(rest.prefix(1).lowercased())\(rest.dropFirst())"
    }
    if column.hasPrefix("train") { return below("train", "train") }
    if column.hasPrefix("validation") { return below("validation", "validation") }
    if column.hasPrefix("norm") { return below("filters", "") }
    if ["epoch", "seconds"].contains(column) { return "run/\(column)" }
    if ["noiseScale", "priorScale"].contains(column) { return "scale/\(column)" }
    return column == "snrDecibels" ? "validation/snrDecibels" : "active/\(column)"
  }
}
