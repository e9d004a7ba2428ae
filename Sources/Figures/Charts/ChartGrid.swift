/// Charts in rows and columns, their plotted areas in line.
public struct ChartGrid: Figure {
  /// A heading; none where empty.
  public var title: String
  public var panels: [any Chart]
  public var columns: Int
  /// Whether panels are lettered a, b, c … as journals want them.
  public var isLettered: Bool

  /// - Parameter columns: panels to a row; by default at most three, in nearly a square.
  public init(
    title: String = "", panels: [any Chart], columns: Int? = nil, isLettered: Bool = false
  ) {
    self.title = title
    self.panels = panels
    let count = max(panels.count, 1)
    let automatic = min(3, Int(Double(count).squareRoot().rounded(.up)))
    self.columns = min(max(1, columns ?? automatic), count)
    self.isLettered = isLettered
  }

  private static let gap = 8.0
  private static let margin = 4.0
  private var titleHeight: Double { title.isEmpty ? 0 : 18 }
  private var rows: Int { (panels.count + columns - 1) / columns }

  /// The largest of a quantity over the panels of a row.
  private func largest(inRow row: Int, _ quantity: (any Chart) -> Double) -> Double {
    let range = row * columns..<min((row + 1) * columns, panels.count)
    return panels[range].map(quantity).max() ?? 0
  }

  /// The largest of a quantity over the panels of a column.
  private func largest(inColumn column: Int, _ quantity: (any Chart) -> Double) -> Double {
    stride(from: column, to: panels.count, by: columns).map { quantity(panels[$0]) }.max() ?? 0
  }

  private var widths: [Double] {
    (0..<columns).map { column in largest(inColumn: column) { $0.size.width } }
  }

  private var heights: [Double] {
    (0..<rows).map { row in largest(inRow: row) { $0.size.height } }
  }

  public var size: Size {
    Size(
      width: widths.reduce(0, +) + ChartGrid.gap * Double(columns - 1) + 2 * ChartGrid.margin,
      height: max(
        heights.reduce(0, +) + ChartGrid.gap * Double(max(rows - 1, 0)) + 2 * ChartGrid.margin
          + titleHeight, 1))
  }

  public func draw(on canvas: Canvas) {
    let margin = ChartGrid.margin
    canvas.text(
      title, at: Point(x: margin + 6, y: margin + 6), anchor: TextAnchor(.left, .top),
      font: .figureTitle)
    let insets = panels.map(\.insets)
    let widths = self.widths
    let heights = self.heights
    var top = margin + titleHeight
    for row in 0..<rows {
      var left = margin
      for column in 0..<columns where row * columns + column < panels.count {
        let index = row * columns + column
        let inRow = row * columns..<min((row + 1) * columns, panels.count)
        let inColumn = stride(from: column, to: panels.count, by: columns)
        let shared = Insets(
          left: inColumn.map { insets[$0].left }.max() ?? 0,
          top: inRow.map { insets[$0].top }.max() ?? 0,
          right: inColumn.map { insets[$0].right }.max() ?? 0,
          bottom: inRow.map { insets[$0].bottom }.max() ?? 0)
        let frame = Rectangle(x: left, y: top, width: widths[column], height: heights[row])
        panels[index].draw(on: canvas, in: frame, insets: shared)
        if isLettered { letter(index, on: canvas, in: frame) }
        left += widths[column] + ChartGrid.gap
      }
      top += heights[row] + ChartGrid.gap
    }
  }

  private func letter(_ index: Int, on canvas: Canvas, in frame: Rectangle) {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    if index < letters.count {
      canvas.text(
        String(letters[index]), at: Point(x: frame.x + 6, y: frame.y + 6),
        anchor: TextAnchor(.left, .top), font: .figureTitle)
    }
  }
}
