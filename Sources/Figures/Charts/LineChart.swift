/// Lines over a common axis, each named at its end, or above where names are long.
///
/// Values that are not finite leave gaps; a value alone between gaps is a dot.
public struct LineChart: Chart {
  /// One line.
  public struct Series: Hashable, Sendable {
    /// What is written at the line's end; nothing where empty.
    public var name: String
    /// Places along the horizontal axis, in the order in which the line joins them.
    public var x: [Double]
    /// Values, as many as places.
    public var y: [Double]
    /// By default the palette's next.
    public var colour: Colour?
    /// Whether the line is dashed.
    public var isDashed: Bool

    /// Values at places, as many of each.
    public init(
      name: String, x: [Double], y: [Double], colour: Colour? = nil, isDashed: Bool = false
    ) {
      precondition(x.count == y.count, "\(x.count) places for \(y.count) values of \(name)")
      self.name = name
      self.x = x
      self.y = y
      self.colour = colour
      self.isDashed = isDashed
    }
  }

  /// A level to compare with, drawn as a thin dashed line across: K, a threshold, a floor.
  public struct Reference: Hashable, Sendable {
    /// What is written at the line's end; nothing where empty.
    public var name: String
    /// The value at which the line is drawn.
    public var y: Double

    /// A level of this name.
    public init(name: String, y: Double) {
      self.name = name
      self.y = y
    }
  }

  /// A heading; none where empty.
  public var title: String
  /// The lines; one without values is left out.
  public var series: [Series]
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// Levels to compare with.
  public var references: [Reference]
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// A chart of these lines; its names stand at the lines' ends.
  public init(
    title: String = "", series: [Series], x: Axis, y: Axis, references: [Reference] = [],
    size: Size = .panel
  ) {
    self.title = title
    self.series = series
    self.x = x
    self.y = y
    self.references = references
    self.size = size
  }

  private var resolvedX: ResolvedAxis {
    ResolvedAxis(x, values: series.lazy.flatMap(\.x), fit: .tight)
  }

  private var resolvedY: ResolvedAxis {
    let values = series.flatMap(\.y) + references.map(\.y)
    return ResolvedAxis(y, values: values, fit: .ticks, ticks: 4)
  }

  /// The room that names need at the ends of their lines.
  private var namesWidth: Double {
    let names = (series.map(\.name) + references.map(\.name)).filter { !$0.isEmpty }
    return names.map { Font.small.width(of: $0) + EndLabels.distance }.max() ?? 0
  }

  /// The names above the plotted area; nil where they fit beside it.
  private var legend: Legend? {
    if namesWidth <= 0.4 * size.width { return nil }
    let lines = series.enumerated().map { index, line in
      Legend.Entry(name: line.name, colour: line.colour ?? .series(index))
    }
    let levels = references.map { Legend.Entry(name: $0.name, colour: .secondaryInk) }
    return Legend(lines + levels, width: size.width - 50)
  }

  /// Room for title, axes and the lines' names.
  public var insets: Insets {
    let legend = self.legend
    return PlotFrame.insets(
      title: title, legend: legend, x: resolvedX, y: resolvedY,
      right: legend == nil ? namesWidth : 0)
  }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let plot = PlotFrame(area: frame.inset(by: insets), x: resolvedX, y: resolvedY)
    let legend = self.legend
    PlotFrame.drawHead(title: title, legend: legend, on: canvas, in: frame, area: plot.area)
    plot.drawGrid(on: canvas)
    plot.drawAxes(on: canvas)
    var labels = EndLabels()
    for reference in references {
      guard let fraction = plot.y.fraction(reference.y) else { continue }
      let height = plot.place(vertical: fraction)
      let end = Point(x: plot.area.right, y: height)
      canvas.line(
        from: Point(x: plot.area.x, y: height), to: end,
        Pen(.secondaryInk, width: 0.8, dashes: [1.5, 2]))
      labels.add(reference.name, at: end, colour: .secondaryInk)
    }
    for (index, line) in series.enumerated() {
      let colour = line.colour ?? .series(index)
      // A pen's width above and below, so that lines along the border show in full.
      let clip = plot.area.expanded(by: 2)
      canvas.clipped(to: clip) { draw(line, colour: colour, plot: plot, on: canvas) }
      let end = zip(line.x, line.y).reversed().lazy
        .compactMap { plot.point($0, $1) }
        .first { clip.x <= $0.x && $0.x <= clip.right }
      if let end { labels.add(line.name, at: end, colour: colour) }
    }
    if legend == nil { labels.draw(on: canvas, beside: plot.area) }
  }

  private func draw(_ line: Series, colour: Colour, plot: PlotFrame, on canvas: Canvas) {
    let points = zip(line.x, line.y).map { plot.point($0, $1) }
    for run in points.split(whereSeparator: { $0 == nil }) {
      let places = run.compactMap { $0 }
      if places.count == 1 {
        canvas.fill(Path(circleAt: places[0], radius: 1.8), colour)
      } else {
        canvas.stroke(
          Path(lines: places), Pen(colour, width: 1.3, dashes: line.isDashed ? [4, 2] : []))
      }
    }
  }
}
