/// Points by two quantities; groups are named above the plotted area.
public struct ScatterPlot: Chart {
  /// Points of one colour.
  public struct Group: Hashable, Sendable {
    /// What the legend says; nothing where empty.
    public var name: String
    /// Values along the horizontal axis.
    public var x: [Double]
    /// Values along the vertical axis, as many.
    public var y: [Double]
    /// By default the palette's next.
    public var colour: Colour?

    public init(name: String = "", x: [Double], y: [Double], colour: Colour? = nil) {
      precondition(x.count == y.count, "\(x.count) places for \(y.count) values of \(name)")
      self.name = name
      self.x = x
      self.y = y
      self.colour = colour
    }
  }

  /// A heading; none where empty.
  public var title: String
  /// Points with values that are not finite are left out.
  public var groups: [Group]
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// Whether the line of equal values is drawn.
  public var showsIdentity: Bool
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  public init(
    title: String = "", groups: [Group], x: Axis, y: Axis, showsIdentity: Bool = false,
    size: Size = .panel
  ) {
    self.title = title
    self.groups = groups
    self.x = x
    self.y = y
    self.showsIdentity = showsIdentity
    self.size = size
  }

  private var resolvedX: ResolvedAxis {
    ResolvedAxis(x, values: groups.lazy.flatMap(\.x), fit: .padded)
  }

  private var resolvedY: ResolvedAxis {
    ResolvedAxis(y, values: groups.lazy.flatMap(\.y), fit: .padded, ticks: 4)
  }

  private var legend: Legend {
    Legend(
      groups.enumerated().map { .init(name: $1.name, colour: $1.colour ?? .series($0)) },
      width: size.width - 50)
  }

  public var insets: Insets {
    PlotFrame.insets(title: title, legend: legend, x: resolvedX, y: resolvedY)
  }

  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let plot = PlotFrame(area: frame.inset(by: insets), x: resolvedX, y: resolvedY)
    PlotFrame.drawHead(title: title, legend: legend, on: canvas, in: frame, area: plot.area)
    plot.drawGrid(on: canvas)
    plot.drawAxes(on: canvas)
    canvas.clipped(to: plot.area.expanded(by: ScatterPlot.radius)) {
      if showsIdentity { drawIdentity(plot: plot, on: canvas) }
      for (index, group) in groups.enumerated() {
        let colour = group.colour ?? .series(index)
        for case let point? in zip(group.x, group.y).map({ plot.point($0, $1) }) {
          ScatterPlot.drawDot(at: point, colour: colour, on: canvas)
        }
      }
    }
  }

  private static let radius = 1.7

  /// A dot that shows also where it lies among others of its colour.
  static func drawDot(at point: Point, colour: Colour, on canvas: Canvas) {
    let circle = Path(circleAt: point, radius: radius)
    canvas.fill(circle, colour.opacity(0.55))
    canvas.stroke(circle, Pen(colour, width: 0.4))
  }

  private func drawIdentity(plot: PlotFrame, on canvas: Canvas) {
    let low = max(plot.x.range.lowerBound, plot.y.range.lowerBound)
    let high = min(plot.x.range.upperBound, plot.y.range.upperBound)
    if low < high, let start = plot.point(low, low), let end = plot.point(high, high) {
      canvas.line(from: start, to: end, Pen(.secondaryInk, width: 0.8, dashes: [1.5, 2]))
    }
  }
}
