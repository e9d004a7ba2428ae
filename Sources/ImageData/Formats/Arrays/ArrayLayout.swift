/// Where the images lie in an array.
struct ArrayLayout: Hashable {
  var kind: PatchKind
  var count: Int
  var size: ImageSize
  /// Of an image: 1, or 3 in colour.
  var channels = 1
  /// Bytes from one image to the next, from one row of pixels to the next, and from one pixel to
  /// the next.
  var imageStride, rowStride, columnStride: Int
  /// Bytes from one channel to the next.
  var channelStride = 0

  /// Numbers of an image.
  var pixels: Int { channels * size.area }

  /// Whether each image's numbers lie one after the other, channel after channel.
  func areRows(of header: ArrayHeader) -> Bool {
    let number = header.type.size
    return columnStride == number && rowStride == number * size.width
      && (channels == 1 || channelStride == number * size.area)
      && (count == 1 || imageStride == number * pixels)
  }

  /// - Throws: where the axes do not fit; the error explains what was expected of them.
  init(_ header: ArrayHeader, _ reading: ArrayReading) throws(ImageDataError) {
    _ = try header.byteCount()
    // [N, 1, H, W] and [N, H, W, 1] are [N, H, W].
    var axes = header.shape.indices.filter { header.shape.count <= 3 || header.shape[$0] != 1 }
    var (colours, reading) = (Int?.none, reading)
    if reading.colour == .rgb && (axes.count != 2 || reading.meaning == .images) {
      let place = try Self.colourPlace(header, axes)
      // [height, width, 3, N] is MATLAB's custom; [N, height, width, 3] and [N, 3, height, width] are
      // Python's, whatever the file's format.
      if axes.count == 4 { reading.imageAxis = reading.imageAxis ?? (place == 2 ? .last : .first) }
      colours = axes.remove(at: place)
    }
    let shape = axes.map { header.shape[$0] }
    let strides = axes.map { header.strides[$0] }
    switch (shape.count, reading.meaning) {
    case (2, _) where reading.meaning == .images || colours != nil:
      count = 1
      size = ImageSize(height: shape[0], width: shape[1])
      kind = reading.meaning == .patches ? .whole : .cut
      (imageStride, rowStride, columnStride) = (0, strides[0], strides[1])
    case (2, _):
      let height = try Self.patchHeight(header, shape, reading)
      kind = .whole
      count = shape[0]
      channels = reading.colour.channels
      size = ImageSize(height: height, width: shape[1] / channels / height)
      channelStride = strides[1] * size.area
      (imageStride, rowStride, columnStride) = (strides[0], strides[1] * size.width, strides[1])
    case (3, _):
      let (n, y, x) = try Self.axes(header, shape, reading)
      count = shape[n]
      size = ImageSize(height: shape[y], width: shape[x])
      (imageStride, rowStride, columnStride) = (strides[n], strides[y], strides[x])
      kind =
        switch reading.meaning {
        case .automatic: reading.arePhotographs(size) ? .cut : .whole
        case .images: .cut
        case .patches: .whole
        }
    default:
      throw header.error(
        "has \(header.shape.count) ax\(header.shape.count == 1 ? "is" : "es") "
          + "(\(header.shapeText))",
        remedy: ColourAxis(header, shape).map {
          "\($0.name) looks like colours: learn in colour, --colour rgb, or convert them "
            + "to luminance, [N, height, width]: " + $0.conversion
        }
          ?? "expected three, [N, height, width] (in MATLAB [height, width, N]), or two, [N, D], "
          + "a patch a row")
    }
    if let colours { (channels, channelStride) = (3, header.strides[colours]) }
  }

  /// Which of `axes`, none of length 1, is red, green and blue.
  private static func colourPlace(
    _ header: ArrayHeader, _ axes: [Int]
  ) throws(ImageDataError) -> Int {
    let shape = axes.map { header.shape[$0] }
    if let place = ColourAxis.places(header, shape).first(where: { shape[$0] == 3 }) {
      return place
    }
    let last = shape.count - 1
    if let colours = ColourAxis(header, shape), (3...4).contains(shape.count) {
      throw header.error(
        "\(ArrayHeader.text(header.shape)): \(colours.name) has 4 values for each pixel",
        remedy: "expected red, green and blue: leave out the fourth"
          + (colours.name == "the last axis" ? ", x[..., :3]" : ""))
    }
    throw header.error(
      "holds \(ArrayHeader.text(header.shape))\(last == 2 ? ", grey images" : "")",
      remedy:
        "colours need [N, height, width, 3] or [N, 3, height, width] (in MATLAB [height, width, "
        + "3, N]), or rows of 3·height·width numbers; grey images go without --colour rgb")
  }

  /// The positions of number, height and width among three axes.
  private static func axes(
    _ header: ArrayHeader, _ shape: [Int], _ reading: ArrayReading
  ) throws(ImageDataError) -> (Int, Int, Int) {
    let axis = reading.imageAxis ?? header.imageAxis
    let (firstIsSquare, lastIsSquare) = (shape[1] == shape[2], shape[0] == shape[1])
    let (isSquare, otherIsSquare) =
      axis == .first ? (firstIsSquare, lastIsSquare) : (lastIsSquare, firstIsSquare)
    let isCertain = reading.imageAxis != nil || header.fixesImageAxis
    if !isCertain, reading.meaning != .patches, let colours = ColourAxis(header, shape) {
      throw header.error(
        "\(ArrayHeader.text(shape)) looks like one picture, of which \(colours.name) is colours",
        remedy: "learn in colour, --colour rgb, or convert it to luminance: "
          + "\(colours.conversion), and say arrays: images, --arrays images; if it holds grey images, say which axis counts them: imageAxis, --image-axis "
          + "first or last")
    }
    guard isCertain || isSquare || !otherIsSquare else {
      func reading(_ axis: ImageAxis) -> String {
        axis == .first
          ? "\(shape[0]) images of \(shape[1]) × \(shape[2])"
          : "\(shape[2]) images of \(shape[0]) × \(shape[1])"
      }
      let other: ImageAxis = axis == .first ? .last : .first
      throw header.error(
        "\(ArrayHeader.text(shape)) would be \(reading(axis)), but looks like \(reading(other))",
        remedy: "say which axis counts the images: imageAxis, --image-axis \(axis.rawValue) or "
          + other.rawValue)
    }
    return axis == .first ? (0, 1, 2) : (2, 0, 1)
  }

  private static func patchHeight(
    _ header: ArrayHeader, _ shape: [Int], _ reading: ArrayReading
  ) throws(ImageDataError) -> Int {
    guard shape[1] % reading.colour.channels == 0 else {
      throw header.error(
        "holds \(ArrayHeader.text(shape)): rows of \(shape[1]) numbers are not red, green and blue",
        remedy: "expected rows of 3·height·width numbers, channel after channel")
    }
    let pixels = shape[1] / reading.colour.channels
    if let height = reading.patchHeight {
      guard height > 0, pixels % height == 0 else {
        throw header.error(
          "rows of \(pixels) numbers are not patches of height \(height)",
          remedy: "the height must divide \(pixels)")
      }
      return height
    }
    func root(_ number: Int) -> Int? {
      let root = Int(Double(number).squareRoot().rounded())
      return root * root == number ? root : nil
    }
    if let side = root(pixels) { return side }
    throw header.error(
      "holds \(ArrayHeader.text(shape)): rows of \(pixels) numbers are not square patches",
      remedy: root(shape[0]) == nil
        ? "say the height if each row is a patch (patchHeight, --patch-height), or arrays: images, "
          + "--arrays images, if this is one image"
        : "a patch a row is expected: transpose it if each column is one")
  }
}
