import Compute

/// Small pictures in rows and columns: what mosaics of filters and sheets of patches share.
struct TileGrid: Hashable, Sendable {
  /// One picture's values a row, `[tiles, height · width]`, in colour `[tiles, 3 · height · width]`.
  var values: Matrix
  var tileHeight: Int
  var tileWidth: Int
  /// Which rows of `values` are shown, and in which order.
  var order: [Int]
  /// Whether the tile of a row of `values` is marked; rows beyond the end are not.
  var marked: [Bool]
  var scale: TileScale
  var columns: Int
  /// Points to one pixel of a tile; whole, so that pixels are sharp.
  var magnification: Int

  /// Points between tiles: paper, or the frames of two marked neighbours with paper between them.
  static let gap = 3.0
  static let markColour = Colour.orange
  /// Thickness of a marked tile's frame.
  static let markWidth = 1.0

  init(
    values: Matrix, tileHeight: Int, tileWidth: Int, order: [Int]?, marked: [Bool],
    scale: TileScale, columns: Int?, magnification: Int?
  ) {
    precondition(
      tileHeight > 0 && tileWidth > 0
        && [1, 3].contains { $0 * tileHeight * tileWidth == values.columns },
      "rows of \(values.columns) values do not fill tiles of \(tileHeight) × \(tileWidth)")
    let order = order ?? Array(0..<values.rows)
    precondition(
      order.allSatisfy { (0..<values.rows).contains($0) },
      "the order names tiles outside 0 ..< \(values.rows)")
    self.values = values
    self.tileHeight = tileHeight
    self.tileWidth = tileWidth
    self.order = order
    self.marked = marked
    self.scale = scale
    self.columns = max(
      1, columns ?? TileGrid.nearSquareColumns(order.count, height: tileHeight, width: tileWidth))
    self.magnification = max(
      1,
      magnification
        ?? TileGrid.fittingMagnification(
          columns: self.columns, height: tileHeight, width: tileWidth))
  }

  var rows: Int { (order.count + columns - 1) / columns }

  /// The extent of all tiles with the gaps between them, and a frame's width around them.
  var size: Size {
    func extent(_ tiles: Int, _ pixels: Int) -> Double {
      Double(tiles) * (Double(pixels * magnification) + TileGrid.gap) - TileGrid.gap
        + 2 * TileGrid.markWidth
    }
    return Size(
      width: extent(max(columns, 1), tileWidth), height: extent(max(rows, 1), tileHeight))
  }

  /// Where the tile at `position` in the order lies, in a grid whose corner is at `origin`.
  func rectangle(at position: Int, origin: Point) -> Rectangle {
    let width = Double(tileWidth * magnification)
    let height = Double(tileHeight * magnification)
    let (row, column) = position.quotientAndRemainder(dividingBy: columns)
    return Rectangle(
      x: origin.x + TileGrid.markWidth + Double(column) * (width + TileGrid.gap),
      y: origin.y + TileGrid.markWidth + Double(row) * (height + TileGrid.gap),
      width: width, height: height)
  }

  func isMarked(_ index: Int) -> Bool { index < marked.count && marked[index] }

  /// Draws all tiles; `origin` should lie on whole points.
  func draw(on canvas: Canvas, at origin: Point) {
    let greys = scale.greys(of: order.map { values.row($0) })
    for (position, index) in order.enumerated() {
      let place = rectangle(at: position, origin: origin)
      var pixels = greys[position]
      let isBroken = pixels.contains { $0.isNaN }
      if isMarked(index) { pixels = pixels.map(TileGrid.dimmed) }
      canvas.image(PixelImage(width: tileWidth, height: tileHeight, pixels: pixels), in: place)
      if isBroken { cross(place, on: canvas) }
      if isMarked(index) { TileGrid.frame(place, on: canvas) }
    }
  }

  /// The frame that marks a tile.
  static func frame(_ tile: Rectangle, on canvas: Canvas) {
    canvas.stroke(
      Path(tile.expanded(by: markWidth / 2)), Pen(markColour, width: markWidth))
  }

  /// A lighter grey of half the contrast.
  private static func dimmed(_ grey: Float) -> Float { 0.5 * grey + 0.38 }

  /// Crosses out a tile that holds values which are not finite.
  private func cross(_ tile: Rectangle, on canvas: Canvas) {
    let pen = Pen(.vermilion, width: 1)
    canvas.line(
      from: Point(x: tile.x, y: tile.y), to: Point(x: tile.right, y: tile.bottom), pen)
    canvas.line(
      from: Point(x: tile.x, y: tile.bottom), to: Point(x: tile.right, y: tile.y), pen)
  }

  /// The number of columns for which the grid comes closest to a square.
  static func nearSquareColumns(_ count: Int, height: Int, width: Int) -> Int {
    let ratio = Double(height) / Double(width)
    return max(1, Int((Double(max(count, 1)) * ratio).squareRoot().rounded(.up)))
  }

  /// Points per pixel for a grid about 340 points wide, with tiles of at most 72.
  static func fittingMagnification(columns: Int, height: Int, width: Int) -> Int {
    let room = min(340 / Double(columns) - gap, 72)
    return max(1, Int((room / Double(max(height, width))).rounded()))
  }
}
