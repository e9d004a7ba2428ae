import Figures
import Learning

/// Test patches, what the model makes of them, and the few filters that it uses for each.
struct ExampleSheet: Figure {
  private let examples: [RunRecord.Example]
  private let subject: ReportSubject
  private let height: Int
  private let width: Int

  private static let tile = 40.0
  private static let gap = 6.0
  private static let group = 12.0
  private static let head = 22.0
  private static let row = 58.0
  private static let margin = 8.0
  private static let shown = 5

  init(_ subject: ReportSubject) {
    self.subject = subject
    examples = subject.record.examples
    height = subject.record.data.patchHeight
    width = subject.record.data.patchWidth
  }

  /// The left side of column `index`: the patch, the reconstruction, then filters.
  private func left(_ index: Int) -> Double {
    Self.margin + Double(index) * (Self.tile + Self.gap) + (index > 1 ? Self.group : 0)
  }

  var size: Size {
    Size(
      width: left(1 + Self.shown) + Self.tile + 56,
      height: Self.margin + Self.head + Double(examples.count) * Self.row)
  }

  func draw(on canvas: Canvas) {
    let head = Self.margin + 6
    let titles = ["patch", "model", "filters used most, with their strength"]
    for (column, text) in titles.enumerated() {
      canvas.text(
        text, at: Point(x: left(column), y: head), anchor: TextAnchor(.left, .middle), font: .label,
        colour: .secondaryInk)
    }
    for (index, example) in examples.enumerated() {
      draw(example, top: Self.margin + Self.head + Double(index) * Self.row, on: canvas)
    }
  }

  private func draw(_ example: RunRecord.Example, top: Double, on canvas: Canvas) {
    let largest = example.patch.map(abs).max() ?? 0
    image(example.patch, largest: largest, column: 0, top: top, on: canvas)
    image(example.reconstruction, largest: largest, column: 1, top: top, on: canvas)
    for (index, used) in example.used.prefix(Self.shown).enumerated() {
      let filter = subject.filters.row(used.filter)
      let sign: Float = used.strength < 0 ? -1 : 1
      let values = filter.map { $0 * sign }
      image(
        values, largest: values.map(abs).max() ?? 0, column: index + 2, top: top, on: canvas)
      canvas.text(
        String(decimal: abs(used.strength)),
        at: Point(x: left(index + 2) + Self.tile / 2, y: top + Self.tile + 7),
        anchor: TextAnchor(.centre, .middle), font: .label)
    }
    canvas.text(
      "\(example.usedCount) used",
      at: Point(x: left(2 + Self.shown) + 2, y: top + Self.tile / 2),
      anchor: TextAnchor(.left, .middle), font: .label)
  }

  private func image(
    _ values: [Float], largest: Float, column: Int, top: Double, on canvas: Canvas
  ) {
    let greys = values.map { largest > 0 ? 0.5 + 0.5 * $0 / largest : 0.5 }
    canvas.image(
      PixelImage(width: width, height: height, pixels: greys),
      in: Rectangle(x: left(column), y: top, width: Self.tile, height: Self.tile))
  }
}

extension String {
  /// A number with one decimal.
  fileprivate init(decimal value: Double) {
    let tenths = Int((value * 10).rounded())
    self = "\(tenths / 10).\(tenths % 10)"
  }
}
