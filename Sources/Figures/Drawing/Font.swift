import CCairo

/// The typeface of all figures, DejaVu Sans, in a size and weight.
///
/// Where it is not installed, the system's sans-serif face takes its place.
public struct Font: Hashable, Sendable {
  /// Size, in points.
  public var size: Double
  /// Whether strokes are heavy.
  public var isBold: Bool

  /// The typeface in a size, in points.
  public init(size: Double, isBold: Bool = false) {
    self.size = size
    self.isBold = isBold
  }

  /// Titles of figures.
  public static let figureTitle = Font(size: 9, isBold: true)
  /// Titles of panels.
  public static let title = Font(size: 8, isBold: true)
  /// Names of axes and series.
  public static let label = Font(size: 7.5)
  /// Numbers at ticks, captions.
  public static let small = Font(size: 7)

  static let family = "DejaVu Sans"

  /// Height of capitals and digits above the baseline, in points.
  var capHeight: Double { 0.729 * size }

  /// The width of `text` in this font, in points.
  public func width(of text: String) -> Double {
    let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
    let context = cairo_create(surface)
    defer {
      cairo_destroy(context)
      cairo_surface_destroy(surface)
    }
    select(in: context)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// Makes this the font of a context, without hinting: widths are then the same at every
  /// resolution and on every surface.
  func select(in context: OpaquePointer?) {
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
    cairo_select_font_face(
      context, Font.family, CAIRO_FONT_SLANT_NORMAL,
      isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
  }
}

/// Which point of a text lies where it is put.
public struct TextAnchor: Hashable, Sendable {
  /// Along the line of text.
  public enum Horizontal: Hashable, Sendable {
    /// The text begins at the point.
    case left
    /// Half of the text lies on either side.
    case centre
    /// The text ends at the point.
    case right
  }

  /// Across the line of text; the middle is half the height of capitals.
  public enum Vertical: Hashable, Sendable {
    /// The text hangs from the point.
    case top
    /// The point is half as high as capitals.
    case middle
    /// The text stands on the point.
    case baseline
  }

  /// Along the line of text.
  public var horizontal: Horizontal
  /// Across the line of text.
  public var vertical: Vertical

  /// The point at these two places.
  public init(_ horizontal: Horizontal, _ vertical: Vertical) {
    self.horizontal = horizontal
    self.vertical = vertical
  }
}
