import Synchronization

/// The contrast of each image: the mean variance of the patches that were drawn from it. One image on
/// another scale would make all others seem flat.
final class ImageContrasts: Sendable {
  private let variances = Mutex<[Int: Double]>([:])

  /// An image that varies by more than 32 times the median image is on another scale, whatever it
  /// shows.
  private static let largestRatio = 1000.0
  /// The same, where other images are left with next to no patch.
  private static let suspiciousRatio = 25.0

  /// Image `index`, and as many patches of it as `count` says.
  func record(
    _ index: Int, count: Int, _ patch: (Int) -> UnsafeMutableBufferPointer<Float>
  ) {
    let total = (0..<count).reduce(0) { $0 + Self.variance(patch($1)) }
    variances.withLock { $0[index] = total / Double(max(count, 1)) }
  }

  /// Image `index`, by a patch of too low variance where nothing better is known.
  func recordFlat(_ index: Int, _ patch: UnsafeMutableBufferPointer<Float>) {
    let variance = Self.variance(patch)
    variances.withLock { $0[index] = $0[index] ?? variance }
  }

  private static func variance(_ patch: UnsafeMutableBufferPointer<Float>) -> Double {
    var (sum, squares) = (0.0, 0.0)
    for value in patch {
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    let mean = sum / Double(patch.count)
    return max(0, squares / Double(patch.count) - mean * mean)
  }

  /// The lower median over those of `indices` that are not constant; nil where all are.
  func median(of indices: [Int]) -> Double? {
    let sorted = variances.withLock { variances in indices.compactMap { variances[$0] } }
      .filter { $0 > 0 }.sorted()
    return sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
  }

  /// The images among `indices` that are on a larger scale than the median image.
  ///
  /// - Parameter isSuspicious: whether other images are left with next to no patch.
  func outliers(
    among indices: [Int], median: Double, isSuspicious: Bool, in images: any ImageCollection
  ) -> PatchCollector.Failure? {
    let ratio = isSuspicious ? Self.suspiciousRatio : Self.largestRatio
    let outliers: [PatchCollector.Failure.Image] = variances.withLock { variances in
      indices.sorted().compactMap { index in
        guard let variance = variances[index], variance > ratio * median else { return nil }
        let times = Int((variance / median).squareRoot().rounded())
        let error = ImageDataError(
          "\(images.name(at: index)): its values vary \(times) times as much as those of the median "
            + "image: they are on another scale",
          remedy: "bring them to the scale of the others")
        return (index, error, false)
      }
    }
    return outliers.isEmpty ? nil : PatchCollector.Failure(images: outliers)
  }

  /// Whether an image of a failure is no flatter than half the images.
  func isVictim(_ image: PatchCollector.Failure.Image, median: Double) -> Bool {
    image.isFlat && variances.withLock { ($0[image.index] ?? 0) > median / 2 }
  }

  /// The failure, saying of flat images how flat they are.
  func explained(
    _ failure: PatchCollector.Failure, median: Double
  ) -> PatchCollector.Failure {
    var failure = failure
    for place in failure.images.indices where failure.images[place].isFlat {
      guard let variance = variances.withLock({ $0[failure.images[place].index] }) else { continue }
      let times = (variance / median).squareRoot()
      failure.images[place].error.problem +=
        times < 0.001
        ? ": it is flat"
        : ": its values vary \((times * 1000).rounded() / 1000) times as much as those of the "
          + "median image"
    }
    return failure
  }
}
