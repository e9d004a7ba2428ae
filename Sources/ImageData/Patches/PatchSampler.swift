import Compute

/// Cuts patches from images, at positions that are uniform over all that lie inside the borders.
///
/// Image i uses the random numbers of (seed, i): the patches do not depend on the number of
/// threads.
public struct PatchSampler: Sendable {
  /// Pixels.
  public var patchHeight: Int
  /// Pixels.
  public var patchWidth: Int
  /// Channels of the images.
  public var channels = 1
  /// Pixels along the image's border that no patch contains.
  public var border: Int
  /// Whether the mean of each patch is subtracted from it.
  public var removesPatchMean: Bool
  /// Patches of less variance are drawn again.
  public var smallestVariance: Double?
  /// Whether an image with next to no such patches gives what was drawn last, rather than none.
  var takesDullInTheEnd = false
  /// The same seed draws the same patches.
  public var seed: UInt64

  /// How often on average each patch of an image may be drawn again.
  public static let triesPerPatch = 100

  /// A sampler of patches of that size.
  public init(
    patchHeight: Int, patchWidth: Int, border: Int = 0, removesPatchMean: Bool = true,
    smallestVariance: Double? = nil, seed: UInt64
  ) {
    precondition(
      patchHeight > 0 && patchWidth > 0 && border >= 0,
      "patches of \(patchHeight) × \(patchWidth) pixels, border \(border)")
    self.patchHeight = patchHeight
    self.patchWidth = patchWidth
    self.border = border
    self.removesPatchMean = removesPatchMean
    self.smallestVariance = smallestVariance
    self.seed = seed
  }

  /// The size of the smallest image from which a patch can be cut.
  public var smallestImage: ImageSize {
    ImageSize(height: patchHeight + 2 * border, width: patchWidth + 2 * border)
  }

  /// The number of positions that a patch can have; 0 where the image is too small.
  public func positions(in size: ImageSize) -> Int {
    max(0, size.height - smallestImage.height + 1) * max(0, size.width - smallestImage.width + 1)
  }

  /// `total` divided among images in proportion to their numbers of positions, to the nearest
  /// whole patch, the largest remainders first.
  public func counts(for sizes: [ImageSize], total: Int) -> [Int] {
    let weights = sizes.map(positions)
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights }
    let exact = weights.map { Double(total) * Double($0) / Double(sum) }
    var counts = exact.map { Int($0) }
    let missing = total - counts.reduce(0, +)
    let byRemainder = counts.indices.sorted { a, b in
      let (left, right) = (exact[a] - Double(counts[a]), exact[b] - Double(counts[b]))
      return left == right ? a < b : left > right
    }
    for index in byRemainder.prefix(missing) { counts[index] += 1 }
    return counts
  }

  /// `total` divided in proportion, too, but where a share is not a whole number by the place at
  /// which counting starts, from 0 to 1: over many places each image gets its exact share.
  func counts(for sizes: [ImageSize], total: Int, start: Double) -> [Int] {
    let weights = sizes.map { Double(positions(in: $0)) }
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights.map { _ in 0 } }
    var (end, last) = (0.0, 0)
    return weights.indices.map { index in
      end += weights[index]
      let next =
        index == weights.count - 1 ? total : min(total, Int(Double(total) * end / sum + start))
      defer { last = next }
      return next - last
    }
  }

  /// Writes `count` patches of `image`, row after row, into `rows`.
  ///
  /// - Parameter index: the image's number, for its random numbers.
  /// - Returns: the patches' upper left corners; nil where too few reach the smallest variance.
  func sample(
    _ image: RasterImage, index: Int, count: Int,
    into row: (Int) -> UnsafeMutableBufferPointer<Float>
  ) -> [(y: Int, x: Int)]? {
    var stream = RandomStream(seed: seed, purpose: .patchSampling, step: index)
    let rows = image.height - smallestImage.height + 1
    let columns = image.width - smallestImage.width + 1
    precondition(rows > 0 && columns > 0, "an image of \(image.size), less than \(smallestImage)")
    var tries = count * Self.triesPerPatch
    var corners: [(y: Int, x: Int)] = []
    corners.reserveCapacity(count)
    for number in 0..<count {
      let patch = row(number)
      var corner = (y: 0, x: 0)
      repeat {
        if tries == 0 && !takesDullInTheEnd { return nil }
        tries -= 1
        corner.y = border + Int(stream.next(upperBound: UInt64(rows)))
        corner.x = border + Int(stream.next(upperBound: UInt64(columns)))
        cut(image, corner.y, corner.x, into: patch)
        if removesPatchMean { removeMeans(patch) }
      } while isDull(patch) && !(takesDullInTheEnd && tries <= 0)
      corners.append(corner)
    }
    return corners
  }

  /// Number of values of a patch.
  var pixels: Int { channels * patchHeight * patchWidth }

  /// Copies a patch as it is, channel after channel.
  func cut(
    _ image: RasterImage, _ top: Int, _ left: Int, into patch: UnsafeMutableBufferPointer<Float>
  ) {
    image.pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<channels * patchHeight {
        let (channel, y) = row.quotientAndRemainder(dividingBy: patchHeight)
        let source = (channel * image.height + top + y) * image.width + left
        for x in 0..<patchWidth { patch[row * patchWidth + x] = pixels[source + x] }
      }
    }
  }

  private func removeMeans(_ patch: UnsafeMutableBufferPointer<Float>) {
    let area = patchHeight * patchWidth
    for start in stride(from: 0, to: patch.count, by: area) {
      removeMean(UnsafeMutableBufferPointer(rebasing: patch[start..<start + area]))
    }
  }

  private func isDull(_ patch: UnsafeMutableBufferPointer<Float>) -> Bool {
    guard let smallestVariance else { return false }
    var (sum, squares) = (0.0, 0.0)
    for value in patch {
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    let mean = sum / Double(patch.count)
    return squares / Double(patch.count) - mean * mean < smallestVariance
  }
}
