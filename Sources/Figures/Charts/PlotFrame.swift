/// The plotted area of a chart with its two axes: places values, draws ticks, numbers and names.
struct PlotFrame {
  let area: Rectangle
  let x: ResolvedAxis
  let y: ResolvedAxis

  static let axisPen = Pen(.ink, width: 0.7)
  static let gridPen = Pen(.guide, width: 0.6)
  private static let tickLength = 3.0
  private static let outerMargin = 6.0

  /// The place of a value pair; nil where it cannot be shown.
  func point(_ valueX: Double, _ valueY: Double) -> Point? {
    guard let horizontal = x.fraction(valueX), let vertical = y.fraction(valueY) else { return nil }
    return Point(x: place(horizontal: horizontal), y: place(vertical: vertical))
  }

  func place(horizontal fraction: Double) -> Double {
    area.x + bounded(fraction) * area.width
  }

  func place(vertical fraction: Double) -> Double {
    area.bottom - bounded(fraction) * area.height
  }

  /// Far beyond the area is far enough, and stays within what file formats can express.
  private func bounded(_ fraction: Double) -> Double { min(max(fraction, -50), 50) }

  /// The margins that a title, a legend and the axes need.
  ///
  /// - Parameter right: what a chart writes to the right of its area.
  static func insets(
    title: String, legend: Legend?, x: ResolvedAxis, y: ResolvedAxis, right: Double = 0
  ) -> Insets {
    let numbers = y.ticks.map { Font.small.width(of: $0.label) }.max() ?? 0
    let lastNumber = x.ticks.last.map { Font.small.width(of: $0.label) / 2 } ?? 0
    return Insets(
      left: outerMargin + (y.label.isEmpty ? 0 : Font.label.size + 5) + numbers + tickLength + 3,
      top: topInset(title: title, legend: legend),
      right: outerMargin + max(right, lastNumber),
      bottom: outerMargin + tickLength + 3 + Font.small.capHeight
        + (x.label.isEmpty ? 0 : Font.label.size + 5))
  }

  /// The room above the area for a title and a legend.
  static func topInset(title: String, legend: Legend?) -> Double {
    let legendHeight = legend?.height ?? 0
    return outerMargin + (title.isEmpty ? 3 : Font.title.size + 6)
      + (legendHeight > 0 ? legendHeight + 2 : 0)
  }

  /// Writes a chart's title at the upper left of its frame, and the legend above its area.
  static func drawHead(
    title: String, legend: Legend?, on canvas: Canvas, in frame: Rectangle, area: Rectangle
  ) {
    canvas.text(
      title, at: Point(x: area.x, y: frame.y + outerMargin), anchor: TextAnchor(.left, .top),
      font: .title)
    guard let legend else { return }
    // Above the area where it fits there, else as far to the left as it needs.
    let rightmost = frame.x + frame.width - outerMargin - legend.width
    legend.draw(
      on: canvas, left: max(frame.x + outerMargin, min(area.x, rightmost)), bottom: area.y - 2)
  }

  /// Draws the lines that guide the eye from the vertical axis's ticks.
  func drawGrid(on canvas: Canvas) {
    for tick in y.ticks where !tick.label.isEmpty {
      guard let fraction = y.fraction(tick.value) else { continue }
      let height = place(vertical: fraction)
      canvas.line(
        from: Point(x: area.x, y: height), to: Point(x: area.right, y: height),
        PlotFrame.gridPen)
    }
  }

  /// Draws both axes, with ticks, numbers and names.
  func drawAxes(on canvas: Canvas) {
    drawHorizontalAxis(on: canvas)
    drawVerticalAxis(on: canvas)
  }

  func drawHorizontalAxis(on canvas: Canvas) {
    canvas.line(
      from: Point(x: area.x - PlotFrame.axisPen.width / 2, y: area.bottom),
      to: Point(x: area.right, y: area.bottom), PlotFrame.axisPen)
    let every = labelInterval
    var labelled = 0
    for tick in x.ticks {
      guard let fraction = x.fraction(tick.value) else { continue }
      let place = place(horizontal: fraction)
      let length = tick.label.isEmpty ? PlotFrame.tickLength / 2 : PlotFrame.tickLength
      canvas.line(
        from: Point(x: place, y: area.bottom), to: Point(x: place, y: area.bottom + length),
        PlotFrame.axisPen)
      if tick.label.isEmpty { continue }
      labelled += 1
      if (labelled - 1) % every != 0 { continue }
      canvas.text(
        tick.label, at: Point(x: place, y: area.bottom + PlotFrame.tickLength + 3),
        anchor: TextAnchor(.centre, .top), font: .small, colour: .secondaryInk)
    }
    let below = area.bottom + PlotFrame.tickLength + 3 + Font.small.capHeight + 5
    canvas.text(
      x.label, at: Point(x: area.centre.x, y: below), anchor: TextAnchor(.centre, .top))
  }

  /// The least n for which the numbers at each n-th tick of the horizontal axis keep apart.
  private var labelInterval: Int {
    let extents = x.ticks.filter { !$0.label.isEmpty }.compactMap { tick in
      x.fraction(tick.value).map {
        (middle: place(horizontal: $0), half: Font.small.width(of: tick.label) / 2)
      }
    }
    return (1..<max(extents.count, 2)).first { every in
      zip(extents, extents.dropFirst(every)).allSatisfy { left, right in
        left.middle + left.half + 5 <= right.middle - right.half
      }
    } ?? max(extents.count, 1)
  }

  func drawVerticalAxis(on canvas: Canvas) {
    canvas.line(
      from: Point(x: area.x, y: area.y),
      to: Point(x: area.x, y: area.bottom + PlotFrame.axisPen.width / 2), PlotFrame.axisPen)
    var numbers = 0.0
    for tick in y.ticks {
      guard let fraction = y.fraction(tick.value) else { continue }
      let place = place(vertical: fraction)
      let length = tick.label.isEmpty ? PlotFrame.tickLength / 2 : PlotFrame.tickLength
      canvas.line(
        from: Point(x: area.x - length, y: place), to: Point(x: area.x, y: place),
        PlotFrame.axisPen)
      canvas.text(
        tick.label, at: Point(x: area.x - PlotFrame.tickLength - 3, y: place),
        anchor: TextAnchor(.right, .middle), font: .small, colour: .secondaryInk)
      numbers = max(numbers, Font.small.width(of: tick.label))
    }
    canvas.text(
      y.label,
      at: Point(x: area.x - PlotFrame.tickLength - 3 - numbers - 6, y: area.centre.y),
      anchor: TextAnchor(.centre, .baseline), angle: .pi / 2)
  }
}
