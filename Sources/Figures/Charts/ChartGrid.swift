/// Charts in rows and columns, their plotted areas in line.
public struct ChartGrid: Figure {
  /// A heading; none where empty.
  public var title: String
  /// The charts, row after row.
  public var panels: [any Chart]
  /// Panels to a row.
  public var columns: Int

  /// - Parameter columns: panels to a row; by default at most three, in nearly a square.
  public init(title: String = "", panels: [any Chart], columns: Int? = nil) {
    self.title = title
    self.panels = panels
    let count = max(panels.count, 1)
    let automatic = min(3, Int(Double(count).squareRoot().rounded(.up)))
    self.columns = min(max(1, columns ?? automatic), count)
  }

  private static let gap = 8.0
  private static let margin = 4.0
  private var titleHeight: Double { title.isEmpty ? 0 : 18 }
  private var rows: Int { (panels.count + columns - 1) / columns }

  /// The extents of plotted areas and the margins around them, for each column and row: the largest
  /// that any of its panels has, so that areas lie in line and none is smaller than it would be
  /// alone.
  private struct Layout {
    var widths: [Double]
    var heights: [Double]
    var left: [Double]
    var right: [Double]
    var top: [Double]
    var bottom: [Double]

    func insets(row: Int, column: Int) -> Insets {
      Insets(left: left[column], top: top[row], right: right[column], bottom: bottom[row])
    }

    func frameWidth(_ column: Int) -> Double { left[column] + widths[column] + right[column] }
    func frameHeight(_ row: Int) -> Double { top[row] + heights[row] + bottom[row] }
  }

  private var layout: Layout {
    let insets = panels.map(\.insets)
    let areas = zip(panels, insets).map { Rectangle($0.size).inset(by: $1) }
    func perColumn(_ quantity: (Int) -> Double) -> [Double] {
      (0..<columns).map { column in
        stride(from: column, to: panels.count, by: columns).map(quantity).max() ?? 0
      }
    }
    func perRow(_ quantity: (Int) -> Double) -> [Double] {
      (0..<rows).map { row in
        (row * columns..<min((row + 1) * columns, panels.count)).map(quantity).max() ?? 0
      }
    }
    var widths = perColumn { areas[$0].width }
    // Panels of one size are drawn in columns of one width.
    if Set(panels.map(\.size.width)).count == 1, let widest = widths.max() {
      widths = widths.map { _ in widest }
    }
    return Layout(
      widths: widths, heights: perRow { areas[$0].height },
      left: perColumn { insets[$0].left }, right: perColumn { insets[$0].right },
      top: perRow { insets[$0].top }, bottom: perRow { insets[$0].bottom })
  }

  /// All panels with the gaps between them, below the heading.
  public var size: Size {
    let layout = self.layout
    let width = (0..<columns).map(layout.frameWidth).reduce(0, +)
    let height = (0..<rows).map(layout.frameHeight).reduce(0, +)
    let titleWidth = Font.figureTitle.width(of: title) + 12
    return Size(
      width: max(width + ChartGrid.gap * Double(columns - 1), titleWidth) + 2 * ChartGrid.margin,
      height: height + ChartGrid.gap * Double(max(rows - 1, 0)) + 2 * ChartGrid.margin
        + titleHeight)
  }

  /// Draws the heading and every panel.
  public func draw(on canvas: Canvas) {
    let margin = ChartGrid.margin
    canvas.text(
      title, at: Point(x: margin + 6, y: margin + 6), anchor: TextAnchor(.left, .top),
      font: .figureTitle)
    let layout = self.layout
    var top = margin + titleHeight
    for row in 0..<rows {
      var left = margin
      for column in 0..<columns where row * columns + column < panels.count {
        let index = row * columns + column
        let frame = Rectangle(
          x: left, y: top, width: layout.frameWidth(column), height: layout.frameHeight(row))
        panels[index].draw(
          on: canvas, in: frame, insets: layout.insets(row: row, column: column))
        left += frame.width + ChartGrid.gap
      }
      top += layout.frameHeight(row) + ChartGrid.gap
    }
  }
}
