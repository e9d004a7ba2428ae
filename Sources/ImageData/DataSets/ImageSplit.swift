import Compute

/// Which images are for training, validation and test. No image is in two of them.
public struct ImageSplit: Hashable, Sendable {
  /// The images, by index, that models learn from.
  public var training: [Int]
  /// The images, by index, on which training is watched.
  public var validation: [Int]
  /// The images, by index, on which models are measured at the end.
  public var test: [Int]

  /// Training, validation and test images together.
  public var count: Int { training.count + validation.count + test.count }
}

extension ImageSplit {
  /// Divides `images` at random.
  ///
  /// - Parameters:
  ///   - images: the indices of all images that can be used.
  ///   - testImages: those that the data itself sets aside for the test; nil draws them.
  /// - Throws: where there are too few images for the splits that are asked for.
  init(
    _ images: [Int], testImages: Range<Int>?, configuration: DataConfiguration
  ) throws(ImageDataError) {
    var stream = RandomStream(seed: configuration.seed, purpose: .splitting)
    let pool = images.filter { testImages?.contains($0) != true }
    let shuffled = stream.permutation(of: pool.count).map { pool[$0] }
    func share(_ fraction: Double) -> Int {
      fraction == 0 ? 0 : max(1, Int((fraction * Double(pool.count)).rounded()))
    }
    let validationCount = share(configuration.validationFraction)
    let testCount = testImages == nil ? share(configuration.testFraction) : 0
    guard validationCount + testCount < pool.count else {
      throw ImageDataError(
        "\(pool.count) image\(pool.count == 1 ? "" : "s") to be divided into training"
          + (validationCount > 0 ? ", validation" : "") + (testCount > 0 ? ", test" : ""),
        remedy: "at least one image is needed for each: give more, or leave a part out with --set "
          + "data.validationFraction=0 and --set data.testFraction=0")
    }
    validation = Array(shuffled.prefix(validationCount))
    test =
      testImages.map { range in images.filter { range.contains($0) } }
      ?? Array(shuffled.dropFirst(validationCount).prefix(testCount))
    training = Array(shuffled.dropFirst(validationCount + testCount))
  }
}
