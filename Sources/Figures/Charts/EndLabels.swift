/// Names written to the right of a plotted area, each at the height of its line's end.
///
/// Names that would overlap are moved apart and tied to their lines by a thin stroke.
struct EndLabels {
  private struct Label {
    let name: String
    let end: Point
    let colour: Colour
  }

  private var labels: [Label] = []

  /// From the plotted area to the names, in points.
  static let distance = 8.0
  private static let spacing = 8.5

  mutating func add(_ name: String, at end: Point, colour: Colour) {
    if !name.isEmpty { labels.append(Label(name: name, end: end, colour: colour)) }
  }

  func draw(on canvas: Canvas, beside area: Rectangle) {
    let sorted = labels.enumerated()
      .sorted { ($0.element.end.y, $0.offset) < ($1.element.end.y, $1.offset) }
      .map(\.element)
    let heights = EndLabels.separated(
      sorted.map { min(max($0.end.y, area.y), area.bottom) }, within: area.y...area.bottom)
    for (label, height) in zip(sorted, heights) {
      let start = area.right + EndLabels.distance
      let isMoved = abs(height - label.end.y) > 1.5
      if isMoved || label.end.x < area.right - 3 {
        let knee = max(area.right + 1, label.end.x + 1)
        var tie = Path(lines: [Point(x: knee, y: label.end.y), Point(x: start - 2, y: height)])
        if label.end.x < area.right - 3 {
          tie = Path(lines: [
            Point(x: label.end.x + 2, y: label.end.y), Point(x: area.right, y: height),
            Point(x: start - 2, y: height),
          ])
        }
        canvas.stroke(tie, Pen(label.colour.opacity(0.6), width: 0.5))
      }
      canvas.text(
        label.name, at: Point(x: start, y: height), anchor: TextAnchor(.left, .middle),
        font: .small, colour: label.colour)
    }
  }

  /// Ascending heights moved apart to the least spacing, each group staying around its centre.
  static func separated(_ heights: [Double], within range: ClosedRange<Double>) -> [Double] {
    // Groups of touching labels: their number and the height of their middle.
    var groups: [(count: Int, middle: Double)] = []
    for height in heights {
      groups.append((1, height))
      while groups.count > 1 {
        let last = groups[groups.count - 1]
        let previous = groups[groups.count - 2]
        let reach = Double(last.count + previous.count) / 2 * spacing
        if last.middle - previous.middle >= reach { break }
        let count = last.count + previous.count
        let sum = last.middle * Double(last.count) + previous.middle * Double(previous.count)
        groups.removeLast(2)
        groups.append((count, clamped(sum / Double(count), count: count, range)))
      }
    }
    return groups.flatMap { group in
      (0..<group.count).map { index in
        group.middle + (Double(index) - Double(group.count - 1) / 2) * spacing
      }
    }
  }

  /// The middle of a group that lies inside of the range, as far as it fits.
  private static func clamped(
    _ middle: Double, count: Int, _ range: ClosedRange<Double>
  ) -> Double {
    let half = Double(count - 1) / 2 * spacing
    return max(min(middle, range.upperBound - half), range.lowerBound + half)
  }
}
