import Compute

/// Filters as small pictures, side by side: the decoder's columns as one looks at them.
///
/// Inactive filters are drawn at half contrast and framed in orange, which shows in any kind of colour vision and in
/// print; filters with values that are not finite are crossed out.
public struct FilterMosaic: Figure {
  /// A heading; none where empty.
  public var title: String
  /// A line of text below, such as `caption(filters:active:)`; none where empty.
  public var caption: String

  private let grid: TileGrid

  /// - Parameters:
  ///   - filters: Φ, `[latents, patchHeight · patchWidth]`, one filter a row, pixels row after row;
  ///     with three times as many columns, first all of red, then green, then blue.
  ///   - order: which filters are shown, and in which order; all in theirs by default.
  ///   - inactive: whether filter k is marked as inactive; filters beyond its end are not.
  ///   - scale: how values become greys; each filter to its own largest absolute value by default.
  ///   - columns: filters to a row; by default so that the mosaic is nearly a square.
  ///   - magnification: points per pixel; by default for a mosaic of about a column's width.
  public init(
    filters: Matrix, patchHeight: Int, patchWidth: Int, order: [Int]? = nil,
    inactive: [Bool] = [], scale: TileScale = .symmetricEach, columns: Int? = nil,
    magnification: Int? = nil, title: String = "", caption: String = ""
  ) {
    grid = TileGrid(
      values: filters, tileHeight: patchHeight, tileWidth: patchWidth, order: order,
      marked: inactive, scale: scale, columns: columns, magnification: magnification)
    self.title = title
    self.caption = caption
  }

  /// "169 filters, 55 active; the others at half contrast"
  public static func caption(filters: Int, active: Int) -> String {
    "\(filters) filters, \(active) active"
      + (active < filters ? "; the others at half contrast" : "")
  }

  private static let margin = 8.0
  private static let key = "inactive"

  private var showsKey: Bool { grid.order.contains { grid.isMarked($0) } }
  private var titleHeight: Double { title.isEmpty ? 0 : 16 }
  private var captionHeight: Double { caption.isEmpty && !showsKey ? 0 : 16 }

  /// The mosaic with title, caption and margins.
  public var size: Size {
    let margin = FilterMosaic.margin
    let keyWidth = showsKey ? Font.small.width(of: FilterMosaic.key) + 24 : 0
    let textWidth = max(
      Font.figureTitle.width(of: title), Font.small.width(of: caption) + keyWidth)
    return Size(
      width: 2 * margin + max(grid.size.width, textWidth.rounded(.up)),
      height: 2 * margin + titleHeight + grid.size.height + captionHeight)
  }

  /// Where the filter at `position` in the order is drawn, in points.
  public func rectangle(at position: Int) -> Rectangle {
    grid.rectangle(at: position, origin: origin)
  }

  private var origin: Point {
    Point(x: FilterMosaic.margin, y: FilterMosaic.margin + titleHeight)
  }

  /// Draws title, filters, caption and, where filters are marked, what that means.
  public func draw(on canvas: Canvas) {
    canvas.text(
      title, at: Point(x: origin.x + 1, y: FilterMosaic.margin), anchor: TextAnchor(.left, .top),
      font: .figureTitle)
    grid.draw(on: canvas, at: origin)
    let line = canvas.size.height - FilterMosaic.margin
    canvas.text(
      caption, at: Point(x: origin.x + 1, y: line), font: .small, colour: .secondaryInk)
    if showsKey { drawKey(on: canvas, line: line) }
  }

  /// What the frames mean, at the right end of the caption's line.
  private func drawKey(on canvas: Canvas, line: Double) {
    let right = canvas.size.width - FilterMosaic.margin
    let width = Font.small.width(of: FilterMosaic.key)
    canvas.text(
      FilterMosaic.key, at: Point(x: right, y: line), anchor: TextAnchor(.right, .baseline),
      font: .small, colour: .secondaryInk)
    let swatch = Rectangle(
      x: (right - width - 10).rounded(), y: line - 6, width: 6, height: 6)
    canvas.fill(swatch, Colour(grey: 0.63))
    TileGrid.frame(swatch, on: canvas)
  }
}
