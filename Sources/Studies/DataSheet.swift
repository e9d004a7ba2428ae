import Compute
import Figures
import ImageData
import Learning

/// A sheet of patches as they come from the images, beside the same after whitening.
public struct DataSheet {
  private let sheet: PatchSheet

  /// The first hundred training patches of `data`, which was prepared from `source`.
  public init(_ source: DataSource, _ data: DataSet, team: ThreadTeam) throws {
    let count = 100
    let shown = data.train.selectingRows(0..<min(count, data.train.rows))
    let images = try data.preprocessing.beforeWhitening.patches(
      from: source, count: shown.rows, team: team)
    sheet = PatchSheet(
      blocks: [
        .raw(images), .whitened(shown, title: "As the model sees them"),
      ], patchHeight: data.patchHeight, patchWidth: data.patchWidth,
      caption: source.title)
  }

  /// Writes the sheet as png, svg or pdf.
  public func write(to path: String) throws { try sheet.write(to: path) }
}
