import RealModule

/// Philox4x32-10: a counter-based random number generator.
///
/// The n-th block of four words is a pure function of (key, n), so numbers can be drawn in any
/// order, on any thread, and again after a resume.
/// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
package enum Philox {
  /// The four random words of one counter under one key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // Scalars: a vector of which single elements are used costs more.
    var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<10 {
      let first = UInt64(x0) &* 0xD251_1F53
      let second = UInt64(x2) &* 0xCD9E_8D57
      x0 = UInt32(truncatingIfNeeded: second >> 32) ^ x1 ^ k0
      x1 = UInt32(truncatingIfNeeded: second)
      x2 = UInt32(truncatingIfNeeded: first >> 32) ^ x3 ^ k1
      x3 = UInt32(truncatingIfNeeded: first)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(x0, x1, x2, x3)
  }
}

/// What random numbers are drawn for. Streams of different purposes never overlap.
public struct RandomPurpose: Hashable, Sendable {
  /// The word that tells this purpose's stream from the others.
  public let rawValue: UInt32

  /// A purpose of your own: a number from 10 to 255.
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// The parameters of a new model.
  public static let initialization = RandomPurpose(1)
  /// ε of the latents in training.
  public static let posteriorNoise = RandomPurpose(2)
  /// The order of patches in an epoch.
  public static let shuffling = RandomPurpose(3)
  /// Where patches are cut.
  public static let patchSampling = RandomPurpose(4)
  /// Which images are kept for tests.
  public static let splitting = RandomPurpose(5)
  /// Generated images.
  public static let syntheticImages = RandomPurpose(6)
  /// Filters that are drawn anew.
  public static let filterRedraw = RandomPurpose(7)
  /// ε and choices of measures.
  public static let evaluation = RandomPurpose(8)
  /// The start and the batches of dictionaries.
  public static let dictionaryLearning = RandomPurpose(9)
}

/// The stream of random numbers that belongs to (seed, purpose, step), read one after another.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private let purpose: UInt32
  private let step: UInt32
  private var index: UInt64 = 0
  private var pending: UInt64?

  /// - Parameter step: the index of the epoch, image, row … that the numbers are for.
  public init(seed: UInt64, purpose: RandomPurpose, step: Int = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = purpose.rawValue
    self.step = UInt32(truncatingIfNeeded: step)
  }

  public mutating func next() -> UInt64 {
    if let word = pending {
      pending = nil
      return word
    }
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), step, purpose),
      key: key)
    index += 1
    pending = UInt64(words[2]) | UInt64(words[3]) << 32
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// A number uniform on the open interval (0, 1).
  public mutating func uniform() -> Double {
    (Double(next() >> 11) + 0.5) * 0x1p-53
  }

  /// A number uniform on (`low`, `high`).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// A standard normal number, by Box and Muller's transform.
  public mutating func normal() -> Double {
    let radius = Double.sqrt(-2 * .log(uniform()))
    return radius * .cos(2 * .pi * uniform())
  }

  /// An index drawn in proportion to its weight; nil where no weight is positive, or their sum is
  /// not finite.
  public mutating func index(inProportionTo weights: [Double]) -> Int? {
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    var remaining = uniform(0, total)
    var chosen: Int?
    for (index, weight) in weights.enumerated() where weight > 0 {
      chosen = index
      remaining -= weight
      if remaining < 0 { break }
    }
    return chosen
  }

  /// Different indices, drawn one after the other in proportion to their weights; fewer than `count`
  /// where no positive weights are left.
  public mutating func distinctIndices(_ count: Int, inProportionTo weights: [Double]) -> [Int] {
    var left = weights
    var drawn: [Int] = []
    while drawn.count < count, let index = index(inProportionTo: left) {
      drawn.append(index)
      left[index] = 0
    }
    return drawn
  }

  /// A uniformly random order of 0 ..< count (Fisher–Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(next(upperBound: UInt64(index + 1))))
    }
    return order
  }
}
