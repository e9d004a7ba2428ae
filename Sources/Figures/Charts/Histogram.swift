/// How often values fall into bins of equal width; groups are drawn over each other.
///
/// A single group is filled; several are outlined over pale fills and named above the plotted area.
public struct Histogram: Chart {
  /// Values counted together.
  public struct Group: Hashable, Sendable {
    /// What the legend says; nothing where empty.
    public var name: String
    /// What is not finite is left out.
    public var values: [Double]
    /// By default the palette's next.
    public var colour: Colour?

    /// Values of one name and colour.
    public init(name: String = "", values: [Double], colour: Colour? = nil) {
      self.name = name
      self.values = values
      self.colour = colour
    }
  }

  /// A heading; none where empty.
  public var title: String
  /// What is counted.
  public var groups: [Group]
  /// The values' axis; its range is that of the bins.
  public var x: Axis
  /// Number of bins.
  public var bins: Int
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// - Parameter bins: number of bins over the axis's range, at least 1. Values on the upper end
  ///   belong to the last bin; values outside of a given range are left out.
  public init(
    title: String = "", groups: [Group], x: Axis, bins: Int = 20, size: Size = .panel
  ) {
    precondition(bins >= 1, "a histogram of \(bins) bins")
    self.title = title
    self.groups = groups
    self.x = x
    self.bins = bins
    self.size = size
  }

  /// The number of values in each bin, group by group.
  public var counts: [[Int]] {
    let axis = resolvedX
    return groups.map { group in
      var counts = [Int](repeating: 0, count: bins)
      for value in group.values {
        guard let fraction = axis.fraction(value), (0...1).contains(fraction) else { continue }
        counts[min(Int(fraction * Double(bins)), bins - 1)] += 1
      }
      return counts
    }
  }

  private var resolvedX: ResolvedAxis {
    ResolvedAxis(x, values: groups.lazy.flatMap(\.values), fit: .ticks)
  }

  private var resolvedY: ResolvedAxis {
    ResolvedAxis(
      Axis("filters", isInteger: true, includesZero: true),
      values: counts.joined().map(Double.init), fit: .ticks, ticks: 4)
  }

  private var legend: Legend {
    Legend(
      groups.enumerated().map { .init(name: $1.name, colour: $1.colour ?? .series($0)) },
      width: size.width - 50)
  }

  /// Room for title, legend, axes and their numbers.
  public var insets: Insets {
    PlotFrame.insets(title: title, legend: legend, x: resolvedX, y: resolvedY)
  }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let plot = PlotFrame(area: frame.inset(by: insets), x: resolvedX, y: resolvedY)
    PlotFrame.drawHead(title: title, legend: legend, on: canvas, in: frame, area: plot.area)
    plot.drawGrid(on: canvas)
    for (index, counts) in counts.enumerated() {
      let colour = groups[index].colour ?? .series(index)
      if groups.count == 1 {
        drawBars(counts, colour: colour, plot: plot, on: canvas)
      } else {
        drawOutline(counts, colour: colour, plot: plot, on: canvas)
      }
    }
    plot.drawAxes(on: canvas)
  }

  private func drawBars(_ counts: [Int], colour: Colour, plot: PlotFrame, on canvas: Canvas) {
    let width = plot.area.width / Double(bins)
    let gap = min(0.8, width / 6)
    for (bin, count) in counts.enumerated() where count > 0 {
      let top = plot.place(vertical: plot.y.fraction(Double(count)) ?? 0)
      canvas.fill(
        Rectangle(
          x: plot.area.x + Double(bin) * width + gap / 2, y: top, width: width - gap,
          height: plot.area.bottom - top),
        colour)
    }
  }

  private func drawOutline(_ counts: [Int], colour: Colour, plot: PlotFrame, on canvas: Canvas) {
    let width = plot.area.width / Double(bins)
    func place(_ bin: Int) -> Double { plot.area.x + Double(bin) * width }
    // One outline for each run of bins that are not empty.
    for run in counts.indices.split(whereSeparator: { counts[$0] == 0 }) {
      var corners = [Point(x: place(run.startIndex), y: plot.area.bottom)]
      for bin in run {
        let top = plot.place(vertical: plot.y.fraction(Double(counts[bin])) ?? 0)
        corners.append(Point(x: place(bin), y: top))
        corners.append(Point(x: place(bin + 1), y: top))
      }
      corners.append(Point(x: place(run.endIndex), y: plot.area.bottom))
      canvas.fill(Path(lines: corners, closed: true), colour.opacity(0.15))
      canvas.stroke(Path(lines: corners), Pen(colour, width: 1.2))
    }
  }
}
