/// Filters by preferred orientation (the angle) and spatial frequency (the distance from the
/// centre), in a half disc: how a set of filters tiles the plane of frequencies.
public struct OrientationFrequencyPlot: Chart {
  /// A heading; none where empty.
  public var title: String
  /// Preferred orientations, in radians; π is 0 again.
  public var orientations: [Double]
  /// Preferred spatial frequencies, in cycles/pixel.
  public var frequencies: [Double]
  /// The colour of all that is counted.
  public var colour: Colour
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// The frequency at the rim, in cycles/pixel: the highest that a grid of pixels carries along its
  /// rows. Filters beyond it are drawn on the rim.
  private static let highestFrequency = 0.5

  /// Filters with values that are not finite are left out.
  public init(
    title: String = "", orientations: [Double], frequencies: [Double], colour: Colour = .blue,
    size: Size = .panel
  ) {
    precondition(
      orientations.count == frequencies.count,
      "\(orientations.count) orientations for \(frequencies.count) frequencies")
    self.title = title
    self.orientations = orientations
    self.frequencies = frequencies
    self.colour = colour
    self.size = size
  }

  /// Room for the title.
  public var insets: Insets { HalfDisc.insets(title: title) }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let disc = HalfDisc(title: title, on: canvas, in: frame, insets: insets)
    let axis = ResolvedAxis(
      Axis("", range: 0...Self.highestFrequency), values: [], fit: .tight, ticks: 4)
    let rings = axis.ticks.map { (fraction: $0.value / Self.highestFrequency, label: $0.label) }
    disc.drawFrame(on: canvas, rings: rings, label: "spatial frequency (cycles/pixel)")
    for (orientation, frequency) in zip(orientations, frequencies)
    where orientation.isFinite && frequency.isFinite {
      let fraction = min(max(frequency / Self.highestFrequency, 0), 1)
      drawDot(
        at: disc.point(angle: HalfDisc.folded(orientation), fraction: fraction), on: canvas)
    }
  }

  /// A dot that shows also where it lies among others.
  private func drawDot(at point: Point, on canvas: Canvas) {
    let circle = Path(circleAt: point, radius: 1.7)
    canvas.fill(circle, colour.opacity(0.55))
    canvas.stroke(circle, Pen(colour, width: 0.4))
  }
}
