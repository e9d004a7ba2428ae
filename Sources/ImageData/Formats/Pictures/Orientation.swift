/// How an image as stored becomes the image as seen: the values of Exif's and TIFF's tag 274.
enum Orientation: Int, CaseIterable, Hashable, Sendable {
  case upright = 1
  case mirroredLeftRight, turnedHalfway, mirroredTopBottom
  /// Rows are columns.
  case transposed
  /// To be turned by 90° clockwise.
  case turnedRight
  case transverse
  /// To be turned by 90° counter-clockwise.
  case turnedLeft

  /// Whether height and width change places.
  var swapsSides: Bool { rawValue >= 5 }

  func applied(to size: ImageSize) -> ImageSize {
    swapsSides ? ImageSize(height: size.width, width: size.height) : size
  }

  func applied(to image: RasterImage) -> RasterImage {
    self == .upright ? image : image.mapChannels(turned)
  }

  private func turned(_ image: RasterImage) -> RasterImage {
    let size = applied(to: image.size)
    let turnsRows = [.turnedHalfway, .mirroredTopBottom, .turnedRight, .transverse].contains(self)
    let turnsColumns = [.mirroredLeftRight, .turnedHalfway, .transverse, .turnedLeft].contains(self)
    var pixels: [Float] = []
    pixels.reserveCapacity(size.area)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (row, column) = swapsSides ? (x, y) : (y, x)
        pixels.append(
          image[
            turnsRows ? image.height - 1 - row : row,
            turnsColumns ? image.width - 1 - column : column])
      }
    }
    return RasterImage(height: size.height, width: size.width, pixels: pixels)
  }

  /// Reads an Exif block: a TIFF header, then a list of tags; upright where it says nothing, or
  /// nothing that makes sense.
  init(exif: some Collection<UInt8>) {
    let bytes = Array(exif.prefix(1 << 16))
    let isBigEndian = bytes.starts(with: "MM".utf8)
    func number(_ position: Int, _ size: Int) -> Int? {
      guard position >= 0, position + size <= bytes.count else { return nil }
      let field = bytes[position..<position + size]
      return (isBigEndian ? Array(field) : field.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    self = .upright
    guard number(2, 2) == 42, let start = number(4, 4), let count = number(start, 2) else { return }
    // A tag has twelve bytes: its number, type, count, and the value itself where it fits.
    for entry in 0..<count {
      let position = start + 2 + 12 * entry
      guard let tag = number(position, 2) else { return }
      if tag == 274 {
        self = number(position + 8, 2).flatMap(Orientation.init(rawValue:)) ?? .upright
        return
      }
    }
  }
}
