import RealModule

/// A sheet to draw on, in points (1/72 inch) from the upper left corner, white at first.
///
/// The picture becomes a PNG (drawn in memory), SVG or PDF file; what is drawn does not depend on
/// which. The same calls give the same bytes.
public final class Canvas {
  /// The sheet's extent in whole points, rounded up.
  public let size: Size

  private let renderer: any Renderer

  /// - Parameter pixelsPerPoint: the resolution of a PNG (2 is 144 dots per inch); whole, so that
  ///   what lies on whole points is sharp.
  /// - Throws: `FigureError.tooLarge`, `FigureError.notDrawn`.
  public init(size: Size, format: FigureFormat, pixelsPerPoint: Int = 2) throws(FigureError) {
    precondition(
      size.width > 0 && size.height > 0 && size.width.isFinite && size.height.isFinite,
      "a canvas of \(size.width) × \(size.height) points")
    precondition(pixelsPerPoint >= 1, "\(pixelsPerPoint) pixels per point")
    let size = Size(width: size.width.rounded(.up), height: size.height.rounded(.up))
    self.size = size
    switch format {
    case .png: renderer = try CairoRenderer(pngOf: size, pixelsPerPoint: pixelsPerPoint)
    case .pdf: renderer = try CairoRenderer(pdfOf: size)
    case .svg: renderer = SVGRenderer(size: size)
    }
    fill(Rectangle(size), .white)
  }

  /// Fills the inside of an outline.
  public func fill(_ path: Path, _ colour: Colour) { renderer.fill(path, colour) }

  /// Fills a rectangle.
  public func fill(_ rectangle: Rectangle, _ colour: Colour) { fill(Path(rectangle), colour) }

  /// Draws along an outline.
  public func stroke(_ path: Path, _ pen: Pen) { renderer.stroke(path, pen) }

  /// Draws a straight line.
  public func line(from start: Point, to end: Point, _ pen: Pen) {
    stroke(Path(lines: [start, end]), pen)
  }

  /// Writes one line of text.
  ///
  /// - Parameters:
  ///   - point: where the text's `anchor` lies; "middle" is half the height of capitals.
  ///   - angle: radians against the clock, about `point`.
  public func text(
    _ text: String, at point: Point, anchor: TextAnchor = TextAnchor(.left, .baseline),
    font: Font = .label, colour: Colour = .ink, angle: Double = 0
  ) {
    if text.isEmpty { return }
    let drop: Double =
      switch anchor.vertical {
      case .top: font.capHeight
      case .middle: font.capHeight / 2
      case .baseline: 0
      }
    // The baseline lies below the anchor, in the direction that is down for the turned text.
    let baseline = Point(
      x: point.x + drop * .sin(angle), y: point.y + drop * .cos(angle))
    renderer.text(
      text, at: baseline, anchor.horizontal, angle: angle, font: font, colour: colour)
  }

  /// Fills `rectangle` with a grey picture; its pixels stay sharp squares.
  public func image(_ image: PixelImage, in rectangle: Rectangle) {
    renderer.image(image, in: rectangle)
  }

  /// Draws `body` and shows only what falls into `rectangle`.
  public func clipped(to rectangle: Rectangle, _ body: () -> Void) {
    renderer.beginClip(to: rectangle)
    body()
    renderer.endClip()
  }

  /// Ends the drawing; nothing may be drawn afterwards.
  ///
  /// - Returns: the content of the picture's file.
  /// - Throws: `FigureError.notDrawn`.
  public func finish() throws(FigureError) -> [UInt8] { try renderer.finish() }
}
