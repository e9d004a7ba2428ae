import Compute
import RealModule

/// Images of dead leaves: opaque ellipses of all sizes that hide one another.
///
/// Like photographs they have edges, occlusion, and nearly the same statistics at every scale, so
/// sparse coding finds oriented filters in them. Radii r ≥ `smallestRadius` have density ∝ r⁻³.
/// Leaves are laid from the front to the back until no pixel shows through, which draws exactly
/// from the stationary distribution.
/// Lee, Mumford & Huang 2001, "Occlusion models for natural images", doi:10.1023/A:1011109015675.
public struct DeadLeaves: Codable, Hashable, Sendable {
  /// Number of images.
  public var count: Int = 60
  /// Height and width of an image, in pixels.
  public var size: Int = 256
  /// Shorter semi-axis of the smallest leaf, in pixels: with less than 8, patches show mainly
  /// tiny fragments.
  public var smallestRadius: Double = 8
  /// Shorter semi-axis of the largest leaf, in pixels.
  public var largestRadius: Double = 96
  /// Longer over shorter semi-axis is uniform on 1 … this.
  public var largestElongation: Double = 4
  /// Image i is drawn from the random numbers of (seed, i).
  public var seed: UInt64 = 1

  /// The defaults, whose power spectrum falls like a photograph's.
  public init() {}

  /// Image `index`, grey levels uniform on 0…1 per leaf.
  public func image(at index: Int) -> RasterImage {
    precondition(
      size > 0 && smallestRadius > 0 && largestRadius >= smallestRadius && largestElongation >= 1,
      "leaves of \(smallestRadius) … \(largestRadius) pixels, elongated up to "
        + "\(largestElongation), in \(size) pixels")
    var stream = RandomStream(seed: seed, purpose: .syntheticImages, step: index)
    var canvas = Canvas(size: size)
    while !canvas.isCovered { canvas.add(leaf(using: &stream)) }
    return RasterImage(height: size, width: size, pixels: canvas.pixels)
  }

  /// An ellipse with semi-axes `major` ≥ `minor`, in pixels, and the angle between the longer one
  /// and the x axis.
  private struct Leaf {
    var x, y, major, minor, angle: Double
    var level: Float
  }

  private func leaf(using stream: inout RandomStream) -> Leaf {
    // The inverse of the distribution function of ∝ r⁻³ between the two radii.
    let low = 1 / (smallestRadius * smallestRadius)
    let high = 1 / (largestRadius * largestRadius)
    let minor = 1 / .sqrt(stream.uniform(high, low))
    let major = minor * stream.uniform(1, largestElongation)
    let angle = stream.uniform(0, .pi)
    // Centres lie wherever the largest leaf could still reach the image.
    let margin = largestRadius * largestElongation
    return Leaf(
      x: stream.uniform(-margin, Double(size) + margin),
      y: stream.uniform(-margin, Double(size) + margin),
      major: major, minor: minor, angle: angle, level: Float(stream.uniform()))
  }

  /// The picture so far, and how much of each pixel still shows what lies behind.
  private struct Canvas {
    let size: Int
    var pixels: [Float]
    private var open: [Float]
    /// A bit for each pixel that is not covered yet, `words` of them for a row.
    private var openBits: [UInt64]
    private let words: Int
    /// Number of such pixels in each row.
    private var openCounts: [Int]
    /// Rows outside of this range are covered.
    private var openRows: Range<Int>

    init(size: Int) {
      self.size = size
      words = (size + 63) / 64
      pixels = [Float](repeating: 0, count: size * size)
      open = [Float](repeating: 1, count: size * size)
      openBits = Array(repeating: .max, count: size * words)
      openCounts = Array(repeating: size, count: size)
      openRows = 0..<size
    }

    var isCovered: Bool { openRows.isEmpty }

    mutating func add(_ leaf: Leaf) {
      let (a, b) = (leaf.major, leaf.minor)
      // Most leaves lie beside the picture, however they are turned.
      guard leaf.x > -a - 2, leaf.x < Double(size) + a + 2,
        leaf.y > -a - 2, leaf.y < Double(size) + a + 2
      else { return }
      let ellipse = Ellipse(leaf)
      let (c, s) = (ellipse.cosine, ellipse.sine)
      // Half the height of the tilted ellipse, and a pixel for the soft edge.
      let reach = Double.sqrt(a * a * s * s + b * b * c * c) + 1
      for y in clamp(leaf.y - reach, leaf.y + reach, to: openRows) where openCounts[y] > 0 {
        cover(row: y, by: ellipse)
      }
      while let first = openRows.first, openCounts[first] == 0 { openRows.removeFirst() }
      while let last = openRows.last, openCounts[last] == 0 { openRows.removeLast() }
    }

    private mutating func cover(row y: Int, by ellipse: Ellipse) {
      let dy = Double(y) + 0.5 - ellipse.leaf.y
      guard let (low, high) = ellipse.cut(dy: dy) else { return }
      let columns = clamp(low, high, to: 0..<size)
      guard !columns.isEmpty else { return }
      for word in columns.lowerBound / 64...(columns.upperBound - 1) / 64 {
        var bits = openBits[y * words + word]
        bits &= .max << UInt64(max(columns.lowerBound - word * 64, 0))
        bits &= .max >> UInt64(max((word + 1) * 64 - columns.upperBound, 0))
        while bits != 0 {
          let bit = bits & ~(bits &- 1)
          bits ^= bit
          let x = word * 64 + bit.trailingZeroBitCount
          cover(y * size + x, by: ellipse, dx: Double(x) + 0.5 - ellipse.leaf.x, dy: dy)
          guard open[y * size + x] == 0 else { continue }
          openBits[y * words + word] ^= bit
          openCounts[y] -= 1
        }
      }
    }

    private mutating func cover(_ index: Int, by ellipse: Ellipse, dx: Double, dy: Double) {
      let (coverage, level) = (ellipse.coverage(dx: dx, dy: dy), ellipse.leaf.level)
      pixels[index] += open[index] * coverage * level
      open[index] *= 1 - coverage
      // What remains is invisible: give it to this leaf, so that coverings sum to 1.
      if open[index] < 1 / 1024 {
        pixels[index] += open[index] * level
        open[index] = 0
      }
    }

    /// The pixels whose centres lie in `low … high`, as far as they are in `range`.
    private func clamp(_ low: Double, _ high: Double, to range: Range<Int>) -> Range<Int> {
      let start = min(max(low - 0.5, Double(range.lowerBound)), Double(range.upperBound))
      let end = min(max(high + 0.5, start), Double(range.upperBound))
      return Int(start.rounded(.up))..<max(Int(end.rounded(.down)), Int(start.rounded(.up)))
    }
  }
  /// A leaf that is being laid: places are `dx`, `dy` pixels from its centre.
  private struct Ellipse {
    let leaf: Leaf
    let cosine, sine: Double

    init(_ leaf: Leaf) {
      self.leaf = leaf
      (cosine, sine) = (.cos(leaf.angle), .sin(leaf.angle))
    }

    /// Where a row cuts the ellipse grown by a pixel: A·x² + 2·B·x + C = 0.
    func cut(dy: Double) -> (low: Double, high: Double)? {
      let (a, b, c, s) = (leaf.major + 1, leaf.minor + 1, cosine, sine)
      let quadratic = c * c / (a * a) + s * s / (b * b)
      let linear = dy * c * s * (1 / (a * a) - 1 / (b * b))
      let constant = dy * dy * (s * s / (a * a) + c * c / (b * b)) - 1
      let discriminant = linear * linear - quadratic * constant
      guard discriminant > 0 else { return nil }
      let centre = leaf.x - linear / quadratic
      let half = Double.sqrt(discriminant) / quadratic
      return (centre - half, centre + half)
    }

    /// The share of a pixel inside the leaf, from the pixel centre's distance to the edge:
    /// f − 1 over |∇f|, for f = √(u²/a² + v²/b²) = 1 on the edge.
    func coverage(dx: Double, dy: Double) -> Float {
      let u = (cosine * dx + sine * dy) / leaf.major
      let v = (cosine * dy - sine * dx) / leaf.minor
      let f = Double.sqrt(u * u + v * v)
      if f < 0.5 { return 1 }
      let (gradientU, gradientV) = (u / leaf.major, v / leaf.minor)
      let gradient = Double.sqrt(gradientU * gradientU + gradientV * gradientV) / f
      return Float(min(max(0.5 - (f - 1) / gradient, 0), 1))
    }
  }
}

extension DeadLeaves: ImageCollection {
  /// `size` × `size` pixels, for every image.
  public func size(at index: Int) -> ImageSize { ImageSize(height: size, width: size) }
  /// "dead leaves 3"
  public func name(at index: Int) -> String { "dead leaves \(index)" }
}
