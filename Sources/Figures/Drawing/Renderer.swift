/// What a file format must be able to draw; a `Canvas` speaks to one of these.
protocol Renderer: AnyObject {
  func fill(_ path: Path, _ colour: Colour)
  func stroke(_ path: Path, _ pen: Pen)
  /// Text whose baseline starts, has its middle or ends at `point`, turned by `angle` radians
  /// against the clock about that point.
  func text(
    _ text: String, at point: Point, _ horizontal: TextAnchor.Horizontal, angle: Double,
    font: Font, colour: Colour)
  func image(_ image: PixelImage, in rectangle: Rectangle)
  func beginClip(to rectangle: Rectangle)
  func endClip()
  /// Ends the drawing and returns the file's content.
  func finish() throws(FigureError) -> [UInt8]
}
