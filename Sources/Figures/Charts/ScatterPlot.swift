/// Points in a plane, of several series, each with its name where there is room.
///
/// Points with a value that is not finite are left out.
public struct ScatterPlot: Chart {
  /// Points of one colour.
  public struct Series: Hashable, Sendable {
    /// What the legend calls them; nothing where empty.
    public var name: String
    /// Where they lie, and their names.
    public var points: [Named]

    /// Points of one colour.
    ///
    /// - Parameter points: those named first have the first choice of a place for their names.
    public init(name: String, points: [Named]) { (self.name, self.points) = (name, points) }
  }

  /// A point, and what is written beside it; nothing where empty.
  public struct Named: Hashable, Sendable {
    /// What is written beside it.
    public var name: String
    /// Along the horizontal axis.
    public var x: Double
    /// Along the vertical axis.
    public var y: Double

    /// A point at values of both axes.
    public init(name: String = "", x: Double, y: Double) {
      (self.name, self.x, self.y) = (name, x, y)
    }
  }

  /// A heading; none where empty.
  public var title: String
  /// One without points is left out.
  public var series: [Series]
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  private static let radius = 2.2

  /// A chart of these points.
  public init(
    title: String = "", series: [Series], x: Axis, y: Axis, size: Size = .panel
  ) {
    (self.title, self.series, self.x, self.y, self.size) = (title, series, x, y, size)
  }

  private var resolvedX: ResolvedAxis {
    ResolvedAxis(x, values: series.lazy.flatMap { $0.points.map(\.x) }, fit: .padded)
  }

  private var resolvedY: ResolvedAxis {
    ResolvedAxis(y, values: series.lazy.flatMap { $0.points.map(\.y) }, fit: .ticks)
  }

  private var legend: Legend {
    let entries = series.enumerated().map { index, series in
      Legend.Entry(name: series.points.isEmpty ? "" : series.name, colour: .series(index))
    }
    return Legend(entries, width: size.width - 50)
  }

  /// Room for title, legend and axes.
  public var insets: Insets {
    PlotFrame.insets(title: title, legend: legend, x: resolvedX, y: resolvedY)
  }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let plot = PlotFrame(area: frame.inset(by: insets), x: resolvedX, y: resolvedY)
    PlotFrame.drawHead(title: title, legend: legend, on: canvas, in: frame, area: plot.area)
    plot.drawGrid(on: canvas)
    plot.drawAxes(on: canvas)
    let dots = series.enumerated().flatMap { index, series in
      series.points.compactMap { point in
        plot.point(point.x, point.y).map { (place: $0, name: point.name, colour: index) }
      }
    }
    for dot in dots {
      let circle = Path(circleAt: dot.place, radius: Self.radius)
      canvas.fill(circle, Colour.series(dot.colour).opacity(0.6))
      canvas.stroke(circle, Pen(.series(dot.colour), width: 0.5))
    }
    var labels = PointLabels(
      within: plot.area, obstacles: dots.map { Self.extent(of: $0.place) })
    for dot in dots where !dot.name.isEmpty {
      labels.draw(dot.name, at: dot.place, colour: .series(dot.colour), on: canvas)
    }
  }

  private static func extent(of place: Point) -> Rectangle {
    Rectangle(
      x: place.x - radius, y: place.y - radius, width: 2 * radius, height: 2 * radius)
  }
}

/// Names beside points, where they hide neither points nor each other.
private struct PointLabels {
  let area: Rectangle
  var taken: [Rectangle]

  init(within area: Rectangle, obstacles: [Rectangle]) { (self.area, taken) = (area, obstacles) }

  /// Writes a name to the right of its point, to the left, above, below, or at a corner; nothing
  /// without room.
  mutating func draw(_ name: String, at point: Point, colour: Colour, on canvas: Canvas) {
    let (width, height, gap) = (Font.small.width(of: name), Font.small.capHeight + 2, 4.0)
    let (left, right) = (point.x - gap - width, point.x + gap)
    let (above, below) = (point.y - gap - height, point.y + gap)
    let (centre, middle) = (point.x - width / 2, point.y - height / 2)
    let corners = [
      (right, middle), (left, middle), (centre, above), (centre, below), (right, above),
      (left, above), (right, below), (left, below),
    ]
    let places = corners.map { Rectangle(x: $0, y: $1, width: width, height: height) }
    let free = places.first { place in
      area.x <= place.x && place.right <= area.right && area.y <= place.y
        && place.bottom <= area.bottom && !taken.contains { $0.overlaps(place) }
    }
    guard let free else { return }
    taken.append(free)
    canvas.text(
      name, at: Point(x: free.x, y: free.centre.y), anchor: TextAnchor(.left, .middle),
      font: .small, colour: colour)
  }
}

extension Rectangle {
  fileprivate func overlaps(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}
