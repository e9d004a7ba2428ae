/// How often each orientation occurs, as sectors of a half disc whose areas are the counts.
public struct PolarHistogram: Chart {
  /// A heading; none where empty.
  public var title: String
  /// Orientations, in radians; π is 0 again. What is not finite is left out.
  public var orientations: [Double]
  /// Number of bins.
  public var bins: Int
  /// The colour of all that is counted.
  public var colour: Colour
  /// The chart's extent, in points, where it stands alone.
  public var size: Size

  /// - Parameter bins: number of sectors, at least 1; the first is centred on 0.
  public init(
    title: String = "", orientations: [Double], bins: Int = 12, colour: Colour = .blue,
    size: Size = .panel
  ) {
    precondition(bins >= 1, "a histogram of \(bins) bins")
    self.title = title
    self.orientations = orientations
    self.bins = bins
    self.colour = colour
    self.size = size
  }

  /// The number of orientations in each bin, the first centred on 0.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: bins)
    for angle in orientations where angle.isFinite {
      let place = HalfDisc.folded(angle) / .pi * Double(bins)
      counts[Int(place.rounded()) % bins] += 1
    }
    return counts
  }

  /// Room for the title.
  public var insets: Insets { HalfDisc.insets(title: title) }

  /// Draws the chart into `frame`, its plotted area inside of `insets`.
  public func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let disc = HalfDisc(title: title, on: canvas, in: frame, insets: insets)
    let counts = self.counts
    let axis = ResolvedAxis(
      Axis("", isInteger: true, includesZero: true), values: counts.map(Double.init), fit: .ticks,
      ticks: 3)
    let largest = axis.range.upperBound
    let width = Double.pi / Double(bins)
    for (bin, count) in counts.enumerated() where count > 0 {
      let radius = disc.radius * (Double(count) / largest).squareRoot()
      let middle = Double(bin) * width
      // The bin around 0 lies on both ends of the half disc.
      let parts =
        bin == 0
        ? [0...width / 2, .pi - width / 2 ... .pi]
        : [middle - width / 2...middle + width / 2]
      for part in parts {
        var sector = Path()
        sector.move(to: disc.centre)
        sector.addArc(
          centre: disc.centre, radius: radius, from: part.lowerBound, to: part.upperBound)
        sector.close()
        canvas.fill(sector, colour.opacity(0.75))
        canvas.stroke(sector, Pen(.white, width: 0.5))
      }
    }
    let rings = axis.ticks.map {
      (fraction: ($0.value / largest).squareRoot(), label: $0.label)
    }
    disc.drawFrame(on: canvas, rings: rings, label: "filters")
  }
}
