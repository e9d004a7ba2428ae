import CCairo

/// Draws with Cairo: pixels for PNG, shapes for PDF.
final class CairoRenderer: Renderer {
  private let surface: OpaquePointer?
  private let context: OpaquePointer?
  private let output = ByteSink()
  private let isImage: Bool

  /// The largest side of Cairo's pictures, in pixels.
  private static let largestSide = 32767

  init(pngOf size: Size, pixelsPerPoint: Int) throws(FigureError) {
    let scale = Double(pixelsPerPoint)
    let width = (size.width * scale).rounded(.up)
    let height = (size.height * scale).rounded(.up)
    let limit = Double(CairoRenderer.largestSide)
    if width > limit || height > limit {
      throw .tooLarge(width: Int(min(width, 1e15)), height: Int(min(height, 1e15)))
    }
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
    isImage = true
    cairo_scale(context, scale, scale)
    try check()
  }

  init(pdfOf size: Size) throws(FigureError) {
    surface = cairo_pdf_surface_create_for_stream(
      ByteSink.append, output.reference, size.width, size.height)
    context = cairo_create(surface)
    isImage = false
    // Without the time of day, the same figure is the same file.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, nil)
    try check()
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  func fill(_ path: Path, _ colour: Colour) {
    trace(path)
    setSource(colour)
    cairo_fill(context)
  }

  func stroke(_ path: Path, _ pen: Pen) {
    trace(path)
    setSource(pen.colour)
    cairo_set_line_width(context, pen.width)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    cairo_set_miter_limit(context, Pen.miterLimit)
    cairo_set_dash(context, pen.dashes, Int32(pen.dashes.count), 0)
    cairo_stroke(context)
  }

  func text(
    _ text: String, at point: Point, _ horizontal: TextAnchor.Horizontal, angle: Double,
    font: Font, colour: Colour
  ) {
    let shift: Double =
      switch horizontal {
      case .left: 0
      case .centre: font.width(of: text) / 2
      case .right: font.width(of: text)
      }
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    if angle != 0 { cairo_rotate(context, -angle) }
    font.select(in: context)
    setSource(colour)
    cairo_move_to(context, -shift, 0)
    cairo_show_text(context, text)
    cairo_new_path(context)
    cairo_restore(context)
  }

  func image(_ image: PixelImage, in rectangle: Rectangle) {
    let picture = CairoRenderer.surface(of: image)
    defer { cairo_surface_destroy(picture) }
    cairo_save(context)
    cairo_translate(context, rectangle.x, rectangle.y)
    cairo_scale(
      context, rectangle.width / Double(image.width), rectangle.height / Double(image.height))
    cairo_set_source_surface(context, picture, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  func beginClip(to rectangle: Rectangle) {
    cairo_save(context)
    trace(Path(rectangle))
    cairo_clip(context)
  }

  func endClip() { cairo_restore(context) }

  func finish() throws(FigureError) -> [UInt8] {
    try check()
    cairo_surface_flush(surface)
    if isImage {
      let status = cairo_surface_write_to_png_stream(surface, ByteSink.append, output.reference)
      try check(status)
    } else {
      cairo_show_page(context)
      cairo_surface_finish(surface)
      try check(cairo_surface_status(surface))
    }
    return output.bytes
  }

  /// A picture as a PNG file, one pixel for one.
  static func png(of image: PixelImage) -> [UInt8] {
    let picture = surface(of: image)
    defer { cairo_surface_destroy(picture) }
    let sink = ByteSink()
    cairo_surface_write_to_png_stream(picture, ByteSink.append, sink.reference)
    return sink.bytes
  }

  private static func surface(of image: PixelImage) -> OpaquePointer? {
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height))
    let stride = Int(cairo_image_surface_get_stride(surface))
    guard let bytes = cairo_image_surface_get_data(surface) else { return surface }
    for row in 0..<image.height {
      for column in 0..<image.width {
        // A pixel is a word in the machine's order, of which blue is the lowest byte.
        let place = bytes + row * stride + 4 * column
        for channel in 0..<3 {
          place[2 - channel] = image.byte(row * image.width + column, channel: channel)
        }
      }
    }
    cairo_surface_mark_dirty(surface)
    return surface
  }

  private func trace(_ path: Path) {
    cairo_new_path(context)
    for element in path.elements {
      switch element {
      case .move(let p): cairo_move_to(context, p.x, p.y)
      case .line(let p): cairo_line_to(context, p.x, p.y)
      case .curve(let a, let b, let p): cairo_curve_to(context, a.x, a.y, b.x, b.y, p.x, p.y)
      case .close: cairo_close_path(context)
      }
    }
  }

  private func setSource(_ colour: Colour) {
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.opacity)
  }

  private func check() throws(FigureError) { try check(cairo_status(context)) }

  private func check(_ status: cairo_status_t) throws(FigureError) {
    if status != CAIRO_STATUS_SUCCESS {
      throw .notDrawn(reason: String(cString: cairo_status_to_string(status)))
    }
  }
}

/// Collects what Cairo writes.
private final class ByteSink {
  var bytes: [UInt8] = []

  /// This object for Cairo's callback; valid as long as it lives.
  var reference: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let append: cairo_write_func_t = { sink, data, count in
    guard let sink, let data else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue()
      .bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  }
}
