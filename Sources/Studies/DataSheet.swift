import Compute
import Figures
import ImageData
import Learning

/// A sheet of patches as they come from the images, beside the same after whitening.
public struct DataSheet {
  private let sheet: PatchSheet

  /// The first hundred training patches of `data`, and the same in `raw`.
  public init(_ data: DataSet, raw: RawPatches, title: String) {
    let shown = 0..<min(100, data.train.rows)
    sheet = PatchSheet(
      blocks: [
        .raw(raw.train.selectingRows(shown)),
        .whitened(data.train.selectingRows(shown), title: "As the model sees them"),
      ], patchHeight: data.patchHeight, patchWidth: data.patchWidth, caption: title)
  }

  /// Writes the sheet as png, svg or pdf.
  public func write(to path: String) throws { try sheet.write(to: path) }
}
