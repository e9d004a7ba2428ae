import RealModule

/// The frame of plots over orientation: a half disc, 0° at the right, 90° on top, 180° at the left.
///
/// Orientation is axial, 180° is 0° again, and counted against the clock as one sees the patch.
struct HalfDisc {
  let centre: Point
  let radius: Double

  private static let numberRoom = 22.0

  /// The margins of a chart with this title.
  static func insets(title: String) -> Insets {
    Insets(left: 6, top: PlotFrame.topInset(title: title, legend: nil), right: 6, bottom: 6)
  }

  /// Writes a chart's title, and gives the largest half disc below it that has room for the numbers
  /// around and below.
  init(title: String, on canvas: Canvas, in frame: Rectangle, insets: Insets) {
    let area = frame.inset(by: insets)
    PlotFrame.drawHead(title: title, legend: nil, on: canvas, in: frame, area: area)
    let room = HalfDisc.numberRoom
    radius = max(1, min((area.width - 2 * room) / 2, area.height - 2 * room + 6))
    centre = Point(
      x: area.centre.x, y: area.y + (area.height + radius) / 2 - 3)
  }

  /// The point at an orientation in radians and a fraction of the radius.
  func point(angle: Double, fraction: Double) -> Point {
    Point(
      x: centre.x + radius * fraction * .cos(angle),
      y: centre.y - radius * fraction * .sin(angle))
  }

  /// The orientation in 0 ..< π that is the same as `angle`, in radians.
  static func folded(_ angle: Double) -> Double {
    let turns = (angle / .pi).rounded(.down)
    let rest = angle - turns * .pi
    return rest < .pi ? max(rest, 0) : 0
  }

  /// Rings at fractions of the radius with their numbers below the base line, and spokes.
  func drawFrame(on canvas: Canvas, rings: [(fraction: Double, label: String)], label: String) {
    for ring in rings where ring.fraction > 0 && ring.fraction < 0.999 {
      var arc = Path()
      arc.addArc(centre: centre, radius: radius * ring.fraction, from: 0, to: .pi)
      canvas.stroke(arc, PlotFrame.gridPen)
    }
    for degrees in [45, 90, 135] {
      let end = point(angle: Double(degrees) * .pi / 180, fraction: 1)
      canvas.line(from: centre, to: end, PlotFrame.gridPen)
    }
    var rim = Path()
    rim.addArc(centre: centre, radius: radius, from: 0, to: .pi)
    rim.close()
    canvas.stroke(rim, PlotFrame.axisPen)
    for degrees in stride(from: 0, through: 180, by: 45) {
      drawDegrees(degrees, on: canvas)
    }
    var leftmost = Double.infinity
    for ring in rings.reversed() {
      let place = Point(x: centre.x + radius * ring.fraction, y: centre.y)
      canvas.line(from: place, to: Point(x: place.x, y: place.y + 2.5), PlotFrame.axisPen)
      // From the rim inwards, numbers that would touch are left out.
      let half = Font.small.width(of: ring.label) / 2
      if place.x + half + 3 > leftmost { continue }
      leftmost = place.x - half
      canvas.text(
        ring.label, at: Point(x: place.x, y: place.y + 5.5), anchor: TextAnchor(.centre, .top),
        font: .small, colour: .secondaryInk)
    }
    canvas.text(
      label, at: Point(x: centre.x, y: centre.y + 16), anchor: TextAnchor(.centre, .top))
  }

  private func drawDegrees(_ degrees: Int, on canvas: Canvas) {
    let place = point(angle: Double(degrees) * .pi / 180, fraction: 1 + 4 / radius)
    let horizontal: TextAnchor.Horizontal =
      degrees < 90 ? .left : degrees == 90 ? .centre : .right
    canvas.text(
      "\(degrees)°", at: place,
      anchor: TextAnchor(horizontal, degrees == 90 ? .baseline : .middle), font: .small,
      colour: .secondaryInk)
  }
}
