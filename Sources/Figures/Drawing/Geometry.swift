/// A place on a canvas, in points (1/72 inch) from the upper left corner.
public struct Point: Hashable, Sendable {
  /// To the right.
  public var x: Double
  /// Downwards.
  public var y: Double

  /// A place in points.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// An extent, in points.
public struct Size: Hashable, Sendable {
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// An extent in points.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// A chart among others: three of them fill the width of a page.
  public static let panel = Size(width: 210, height: 150)
}

/// An upright rectangle, in points.
public struct Rectangle: Hashable, Sendable {
  /// Its left side.
  public var x: Double
  /// Its upper side.
  public var y: Double
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// A rectangle by its upper left corner and extent, in points.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The whole of a canvas.
  public init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.width, height: size.height)
  }

  /// The place of its right side.
  public var right: Double { x + width }
  /// The place of its lower side.
  public var bottom: Double { y + height }
  /// Its middle.
  public var centre: Point { Point(x: x + width / 2, y: y + height / 2) }

  /// What remains without a margin on each side; never negative in extent.
  public func inset(by insets: Insets) -> Rectangle {
    Rectangle(
      x: x + insets.left, y: y + insets.top,
      width: max(0, width - insets.left - insets.right),
      height: max(0, height - insets.top - insets.bottom))
  }

  /// The rectangle whose sides lie `distance` further out.
  public func expanded(by distance: Double) -> Rectangle {
    Rectangle(
      x: x - distance, y: y - distance, width: width + 2 * distance,
      height: height + 2 * distance)
  }
}

/// Margins on the four sides of a rectangle, in points.
public struct Insets: Hashable, Sendable {
  /// On the left.
  public var left: Double
  /// Above.
  public var top: Double
  /// On the right.
  public var right: Double
  /// Below.
  public var bottom: Double

  /// Margins in points.
  public init(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }
}
