/// A figure with margins around a plotted area, so that several can be lined up in a grid.
public protocol Chart: Figure {
  /// The room that titles, labels and numbers need around the plotted area, in points.
  var insets: Insets { get }

  /// Draws the chart into `frame`, with the plotted area inside of `insets`.
  ///
  /// - Parameter insets: at least the chart's own.
  func draw(on canvas: Canvas, in frame: Rectangle, insets: Insets)
}

extension Chart {
  /// Draws the chart alone on a canvas of its size.
  public func draw(on canvas: Canvas) {
    draw(on: canvas, in: Rectangle(size), insets: insets)
  }
}

/// Names of series with their colours, in rows between a chart's title and its plotted area.
struct Legend {
  struct Entry {
    var name: String
    var colour: Colour
  }

  /// Entries in rows that fit the width.
  private let rows: [[Entry]]

  private static let swatch = 6.0
  private static let spacing = 10.0
  private static let rowHeight = 10.5

  /// - Parameter width: the room in points, about.
  init(_ entries: [Entry], width: Double) {
    var rows: [[Entry]] = []
    var used = 0.0
    for entry in entries where !entry.name.isEmpty {
      let needed = Legend.width(of: entry)
      if rows.isEmpty || used + needed > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += needed
    }
    self.rows = rows
  }

  var height: Double { Double(rows.count) * Legend.rowHeight }

  /// Of the longest row.
  var width: Double {
    rows.map { $0.reduce(0) { $0 + Legend.width(of: $1) } - Legend.spacing }.max() ?? 0
  }

  private static func width(of entry: Entry) -> Double {
    swatch + 3 + Font.small.width(of: entry.name) + spacing
  }

  /// Draws the rows, the last one standing on `bottom`.
  func draw(on canvas: Canvas, left: Double, bottom: Double) {
    for (index, row) in rows.enumerated() {
      let middle = bottom - Double(rows.count - index) * Legend.rowHeight + 4
      var x = left
      for entry in row {
        canvas.fill(
          Rectangle(
            x: x, y: middle - Legend.swatch / 2, width: Legend.swatch, height: Legend.swatch),
          entry.colour)
        canvas.text(
          entry.name, at: Point(x: x + Legend.swatch + 3, y: middle),
          anchor: TextAnchor(.left, .middle), font: .small)
        x += Legend.width(of: entry)
      }
    }
  }
}
