import Figures
import Foundation
import ImageData
import SparseCodingVAE

/// A run's course for TensorBoard: scalars and histograms of each epoch, the filters as a picture
/// of some.
///
/// Steps are the optimiser's. A resumed run appends a file.
struct TensorBoardLog {
  private let file: EventFile
  private let preprocessing: Preprocessing
  /// Every so many epochs, and after the first and the last, the filters are drawn.
  private let pictureInterval: Int
  private let epochs: Int

  /// The folder of a run's event files.
  static func folder(of run: RunFolder) -> URL {
    run.url.appending(path: "tensorboard", directoryHint: .isDirectory)
  }

  /// - Parameters:
  ///   - step: steps done before.
  ///   - epochs: of the whole run.
  init(_ run: RunFolder, after step: Int, epochs: Int, _ preprocessing: Preprocessing) throws {
    file = try EventFile(in: Self.folder(of: run), firstStep: step + 1)
    self.preprocessing = preprocessing
    self.epochs = epochs
    pictureInterval = max(1, epochs / 10)
  }

  /// Writes an epoch's values.
  func add(_ row: MetricsRow, _ evaluation: ModelEvaluation) throws {
    var values: [(tag: String, value: EventFile.Value)] = row.fields.compactMap { name, value in
      guard let value, name != "step" else { return nil }
      return (Self.tag(name), .scalar(Float(value)))
    }
    for (tag, numbers) in [
      ("filters/norm", evaluation.model.filters.rowNorms),
      ("latents/kl", evaluation.statistics.divergence),
    ] {
      if let histogram = EventHistogram(of: numbers) { values.append((tag, .histogram(histogram))) }
    }
    if row.epoch == 1 || row.epoch == epochs || row.epoch % pictureInterval == 0 {
      let mosaic = FilterMosaic(evaluation, preprocessing, order: .index)
      let scale = 2
      values.append(
        (
          "filters/mosaic",
          .png(
            try mosaic.data(format: .png, pixelsPerPoint: scale),
            height: Int((mosaic.size.height * Double(scale)).rounded(.up)),
            width: Int((mosaic.size.width * Double(scale)).rounded(.up)))
        ))
    }
    try file.append(values, step: row.step)
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
