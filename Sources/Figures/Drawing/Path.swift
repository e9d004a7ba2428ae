import RealModule

/// An outline of straight lines and Bézier curves, in points.
public struct Path: Hashable, Sendable {
  /// One stroke of the pen.
  public enum Element: Hashable, Sendable {
    /// To a point, without drawing.
    case move(Point)
    /// A straight line to a point.
    case line(Point)
    /// A cubic curve with its two control points.
    case curve(Point, Point, to: Point)
    /// A straight line to where the pen was last moved.
    case close
  }

  /// What the pen does, in order.
  public private(set) var elements: [Element] = []

  /// An empty outline.
  public init() {}

  /// Straight lines from point to point.
  public init(lines points: [Point], closed: Bool = false) {
    for (index, point) in points.enumerated() {
      elements.append(index == 0 ? .move(point) : .line(point))
    }
    if closed { close() }
  }

  /// The outline of a rectangle.
  public init(_ rectangle: Rectangle) {
    self.init(
      lines: [
        Point(x: rectangle.x, y: rectangle.y), Point(x: rectangle.right, y: rectangle.y),
        Point(x: rectangle.right, y: rectangle.bottom), Point(x: rectangle.x, y: rectangle.bottom),
      ], closed: true)
  }

  /// A full circle.
  public init(circleAt centre: Point, radius: Double) {
    addArc(centre: centre, radius: radius, from: 0, to: 2 * .pi)
    close()
  }

  /// Lifts the pen and sets it down at a point.
  public mutating func move(to point: Point) { elements.append(.move(point)) }
  /// Draws a straight line to a point.
  public mutating func line(to point: Point) { elements.append(.line(point)) }
  /// Draws back to where the pen was last set down.
  public mutating func close() { elements.append(.close) }

  /// Adds an arc, joined by a line to what was drawn before.
  ///
  /// - Parameters:
  ///   - start: angle in radians, counted against the clock from the right.
  ///   - end: where the arc ends; the way round goes from `start` to `end` as the numbers do.
  public mutating func addArc(centre: Point, radius: Double, from start: Double, to end: Double) {
    let pieces = max(1, Int((abs(end - start) / (.pi / 2) - 1e-9).rounded(.up)))
    let step = (end - start) / Double(pieces)
    // The control points' distance for which the curve's middle lies on the circle.
    let reach: Double = 4 / 3 * .tan(step / 4) * radius
    func at(_ angle: Double) -> Point {
      Point(x: centre.x + radius * .cos(angle), y: centre.y - radius * .sin(angle))
    }
    elements.append(elements.isEmpty ? .move(at(start)) : .line(at(start)))
    for piece in 0..<pieces {
      let a = start + Double(piece) * step
      let b = a + step
      let p = at(a)
      let q = at(b)
      elements.append(
        .curve(
          Point(x: p.x - reach * .sin(a), y: p.y - reach * .cos(a)),
          Point(x: q.x + reach * .sin(b), y: q.y + reach * .cos(b)), to: q))
    }
  }
}

/// How a line is drawn.
public struct Pen: Hashable, Sendable {
  /// The line's colour.
  public var colour: Colour
  /// Thickness, in points.
  public var width: Double
  /// Lengths of dashes and gaps in turn, in points; none for a solid line.
  public var dashes: [Double]

  /// Corners sharper than this (length of the mitre over the pen's width) are cut off.
  static let miterLimit = 2.0

  /// A pen of this colour and thickness in points.
  public init(_ colour: Colour, width: Double, dashes: [Double] = []) {
    self.colour = colour
    self.width = width
    self.dashes = dashes
  }
}
