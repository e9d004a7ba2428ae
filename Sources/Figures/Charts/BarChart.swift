/// A number with the interval it lies in: a mean and its 95 % interval, for example.
public struct Estimate: Hashable, Sendable {
  /// The number itself.
  public var mean: Double
  /// The interval's lower end; equal to the mean where there is no interval.
  public var low: Double
  /// The interval's upper end; equal to the mean where there is no interval.
  public var high: Double

  /// A number within an interval.
  public init(mean: Double, low: Double, high: Double) {
    self.mean = mean
    self.low = low
    self.high = high
  }

  /// A number without an interval.
  public init(_ value: Double) { self.init(mean: value, low: value, high: value) }

  var hasInterval: Bool { low.isFinite && high.isFinite && low < high }
}

/// Bars with intervals, one row for each condition; they run to the right, so that names of any
/// length can be read without turning one's head.
public struct BarChart: Chart {
  /// One bar in each condition.
  public struct Series: Hashable, Sendable {
    /// What the legend says; nothing where empty.
    public var name: String
    /// As many as there are conditions; where a mean is not finite, there is no bar.
    public var estimates: [Estimate]
    /// By default the palette's next.
    public var colour: Colour?

    /// Bars of one colour, one for each condition.
    public init(name: String = "", estimates: [Estimate], colour: Colour? = nil) {
      self.name = name
      self.estimates = estimates
      self.colour = colour
    }
  }

  /// A heading; none where empty.
  public var title: String
  /// The conditions' names, from the top.
  public var conditions: [String]
  /// The bars of each colour.
  public var series: [Series]
  /// The values' axis. Bars start at zero, which is always shown.
  public var x: Axis
  /// A level to compare with, drawn as a thin dashed line: K, for example.
  public var reference: Double?
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// - Parameter size: by default as high as the bars need.
  public init(
    title: String = "", conditions: [String], series: [Series], x: Axis, reference: Double? = nil,
    size: Size? = nil
  ) {
    for line in series {
      precondition(
        line.estimates.count == conditions.count,
        "\(line.estimates.count) bars for \(conditions.count) conditions")
    }
    self.title = title
    self.conditions = conditions
    self.series = series
    var axis = x
    axis.scale = .linear
    axis.includesZero = true
    self.x = axis
    self.reference = reference
    let row = Double(max(series.count, 1)) * BarChart.barHeight + BarChart.rowGap
    let names = conditions.map { Font.label.width(of: $0) }.max() ?? 0
    self.size =
      size
      ?? Size(width: max(260, names + 160), height: max(90, 58 + Double(conditions.count) * row))
  }

  private static let barHeight = 9.0
  private static let rowGap = 7.0

  private var resolvedX: ResolvedAxis {
    let shown = series.flatMap(\.estimates)
    let values = shown.flatMap { [$0.mean, $0.low, $0.high] } + [reference].compactMap { $0 }
    return ResolvedAxis(x, values: values, fit: .ticks)
  }

  private var legend: Legend {
    Legend(
      series.enumerated().map { .init(name: $1.name, colour: $1.colour ?? .series($0)) },
      width: size.width - 80)
  }

  /// Room for title, legend, axis, the conditions' names and the bars' numbers.
  public var insets: Insets {
    let nothing = ResolvedAxis(Axis("", range: 0...1), values: [], fit: .tight)
    var insets = PlotFrame.insets(title: title, legend: legend, x: resolvedX, y: nothing)
    // Room for the number beyond a bar that ends at the axis's end.
    let shown = series.flatMap(\.estimates)
    insets.left =
      12 + (conditions.map { Font.label.width(of: $0) }.max() ?? 0)
      + roomForNegativeNumbers
    insets.right = max(
      insets.right, 10 + (shown.filter { $0.mean >= 0 }.map(numberWidth).max() ?? 0))
    return insets
  }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let area = frame.inset(by: insets)
    let vertical = ResolvedAxis(Axis("", range: 0...1), values: [], fit: .tight)
    let plot = PlotFrame(area: area, x: resolvedX, y: vertical)
    PlotFrame.drawHead(title: title, legend: legend, on: canvas, in: frame, area: area)
    drawGuides(plot: plot, on: canvas)
    let namesDistance = 6 + roomForNegativeNumbers
    let rowHeight = area.height / Double(max(conditions.count, 1))
    let barHeight = min(
      BarChart.barHeight, rowHeight * 0.75 / Double(max(series.count, 1)))
    for (row, condition) in conditions.enumerated() {
      let middle = area.y + (Double(row) + 0.5) * rowHeight
      canvas.text(
        condition, at: Point(x: area.x - namesDistance, y: middle),
        anchor: TextAnchor(.right, .middle))
      let top = middle - barHeight * Double(series.count) / 2
      for (index, line) in series.enumerated() {
        let bar = Rectangle(
          x: area.x, y: top + Double(index) * barHeight + 0.5, width: area.width,
          height: barHeight - 1)
        draw(
          line.estimates[row], in: bar, colour: line.colour ?? .series(index), plot: plot,
          on: canvas)
      }
    }
    drawAxes(plot: plot, on: canvas)
  }

  private func drawGuides(plot: PlotFrame, on canvas: Canvas) {
    func vertical(at value: Double, _ pen: Pen) {
      guard let fraction = plot.x.fraction(value) else { return }
      let place = plot.place(horizontal: fraction)
      canvas.line(
        from: Point(x: place, y: plot.area.y), to: Point(x: place, y: plot.area.bottom), pen)
    }
    for tick in plot.x.ticks { vertical(at: tick.value, PlotFrame.gridPen) }
    if let reference {
      vertical(at: reference, Pen(.secondaryInk, width: 0.8, dashes: [1.5, 2]))
    }
  }

  private func drawAxes(plot: PlotFrame, on canvas: Canvas) {
    plot.drawHorizontalAxis(on: canvas)
    let zero = plot.place(horizontal: plot.x.fraction(0) ?? 0)
    canvas.line(
      from: Point(x: zero, y: plot.area.y), to: Point(x: zero, y: plot.area.bottom),
      PlotFrame.axisPen)
  }

  private func draw(
    _ estimate: Estimate, in bar: Rectangle, colour: Colour, plot: PlotFrame, on canvas: Canvas
  ) {
    guard let start = plot.x.fraction(0), let end = plot.x.fraction(estimate.mean) else { return }
    let zero = plot.place(horizontal: start)
    let place = plot.place(horizontal: end)
    canvas.fill(
      Rectangle(x: min(zero, place), y: bar.y, width: abs(place - zero), height: bar.height),
      colour)
    var ends = min(zero, place)...max(zero, place)
    let middle = bar.centre.y
    if estimate.hasInterval, let low = plot.x.fraction(estimate.low),
      let high = plot.x.fraction(estimate.high)
    {
      let from = plot.place(horizontal: low)
      let to = plot.place(horizontal: high)
      let pen = Pen(.ink, width: 0.9)
      canvas.line(from: Point(x: from, y: middle), to: Point(x: to, y: middle), pen)
      for x in [from, to] {
        canvas.line(
          from: Point(x: x, y: middle - 2), to: Point(x: x, y: middle + 2), pen)
      }
      ends = min(ends.lowerBound, from)...max(ends.upperBound, to)
    }
    let isNegative = estimate.mean < 0
    canvas.text(
      number(estimate),
      at: Point(x: isNegative ? ends.lowerBound - 4 : ends.upperBound + 4, y: middle),
      anchor: TextAnchor(isNegative ? .right : .left, .middle), font: .small,
      colour: .secondaryInk)
  }

  /// The mean, with digits that fit the axis; all bars have the same number of decimals.
  private func number(_ estimate: Estimate) -> String {
    if !estimate.mean.isFinite { return "" }
    let ticks = resolvedX.ticks
    let step = ticks.count > 1 ? ticks[1].value - ticks[0].value : 1
    let means = series.flatMap(\.estimates).map(\.mean).filter(\.isFinite)
    let areWhole = means.allSatisfy { $0 == $0.rounded() }
    return Ticks.label(
      estimate.mean, step: areWhole ? 1 : step / 100, largest: means.map(abs).max() ?? 0)
  }

  /// Room to the left of the area for the numbers of bars that run to the left.
  private var roomForNegativeNumbers: Double {
    series.flatMap(\.estimates).filter { $0.mean < 0 }.map { numberWidth($0) + 4 }.max() ?? 0
  }

  private func numberWidth(_ estimate: Estimate) -> Double {
    Font.small.width(of: number(estimate))
  }
}
