/// What the pixels of training patches were like as they came from the images, before whitening:
/// what new data is compared with.
public struct RawPixels: Codable, Hashable, Sendable {
  /// The smallest value.
  public var smallest: Float
  /// The largest value.
  public var largest: Float
  /// The mean of all.
  public var mean: Double
  /// The variance of all around `mean`.
  public var variance: Double

  /// Whether the values are grey levels from 0 to 255 rather than from 0 to 1.
  var areLevels: Bool { smallest >= 0 && largest > 2 && largest <= 255 }
}

/// The moments and the range of pixels, in Double, added up in parts.
struct PixelSums: Hashable, Sendable {
  private(set) var count = 0
  private var sum = 0.0
  private var squares = 0.0
  private(set) var smallest = Float.infinity
  private(set) var largest = -Float.infinity

  init() {}

  init(_ pixels: some Sequence<Float>) { add(pixels) }

  /// The mean of the squares; 0 of no pixels.
  var meanSquare: Double { squares / Double(max(count, 1)) }

  /// Nil of no pixels.
  var pixels: RawPixels? {
    guard count > 0 else { return nil }
    let mean = sum / Double(count)
    return RawPixels(
      smallest: smallest, largest: largest, mean: mean,
      variance: max(0, meanSquare - mean * mean))
  }

  mutating func add(_ pixels: some Sequence<Float>) {
    for pixel in pixels {
      count += 1
      sum += Double(pixel)
      squares += Double(pixel) * Double(pixel)
      smallest = min(smallest, pixel)
      largest = max(largest, pixel)
    }
  }

  mutating func add(_ other: PixelSums) {
    count += other.count
    sum += other.sum
    squares += other.squares
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
  }
}
