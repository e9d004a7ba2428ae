/// Filters by preferred orientation (the angle) and spatial frequency (the distance from the
/// centre), in a half disc: how a set of filters tiles the plane of frequencies.
public struct OrientationFrequencyPlot: Chart {
  /// A heading; none where empty.
  public var title: String
  /// Preferred orientations, in radians; π is 0 again.
  public var orientations: [Double]
  /// Preferred spatial frequencies, in cycles/pixel.
  public var frequencies: [Double]
  /// The frequency at the rim, in cycles/pixel: by default 0.5, the highest that a grid of pixels
  /// carries along its rows. Filters beyond it are drawn on the rim.
  public var highestFrequency: Double
  /// The colour of all that is counted.
  public var colour: Colour
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// Filters with values that are not finite are left out.
  public init(
    title: String = "", orientations: [Double], frequencies: [Double],
    highestFrequency: Double = 0.5, colour: Colour = .blue, size: Size = .panel
  ) {
    precondition(
      orientations.count == frequencies.count,
      "\(orientations.count) orientations for \(frequencies.count) frequencies")
    precondition(
      highestFrequency > 0 && highestFrequency.isFinite,
      "a highest frequency of \(highestFrequency) cycles/pixel")
    self.title = title
    self.orientations = orientations
    self.frequencies = frequencies
    self.highestFrequency = highestFrequency
    self.colour = colour
    self.size = size
  }

  public var insets: Insets {
    Insets(left: 6, top: PlotFrame.topInset(title: title, legend: nil), right: 6, bottom: 6)
  }

  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let area = frame.inset(by: insets)
    PlotFrame.drawHead(title: title, legend: nil, on: canvas, in: frame, area: area)
    let disc = HalfDisc(in: area)
    let axis = ResolvedAxis(
      Axis("", range: 0...highestFrequency), values: [], fit: .tight, ticks: 4)
    let rings = axis.ticks.map { (fraction: $0.value / highestFrequency, label: $0.label) }
    disc.drawFrame(on: canvas, rings: rings, label: "spatial frequency (cycles/pixel)")
    for (orientation, frequency) in zip(orientations, frequencies)
    where orientation.isFinite && frequency.isFinite {
      let fraction = min(max(frequency / highestFrequency, 0), 1)
      ScatterPlot.drawDot(
        at: disc.point(angle: HalfDisc.folded(orientation), fraction: fraction), colour: colour,
        on: canvas)
    }
  }
}
