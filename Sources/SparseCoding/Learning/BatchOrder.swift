import Compute

/// Which patches make up each batch: every patch comes once before any comes again.
///
/// A function of the seed and the step alone.
public struct BatchOrder: Sendable {
  private let patches: Int
  private let batchSize: Int
  private let seed: UInt64
  private var epoch = -1
  private var order: [Int] = []

  /// Batches of `batchSize` out of so many patches.
  public init(patches: Int, batchSize: Int, seed: UInt64) {
    precondition(patches >= 1 && batchSize >= 1, "batches of \(batchSize) out of \(patches)")
    self.patches = patches
    self.batchSize = batchSize
    self.seed = seed
  }

  /// The patches of one batch.
  public mutating func indices(step: Int) -> [Int] {
    (step * batchSize..<(step + 1) * batchSize).map { index in
      if index / patches != epoch {
        epoch = index / patches
        var stream = RandomStream(seed: seed, purpose: .shuffling, step: epoch)
        order = stream.permutation(of: patches)
      }
      return order[index % patches]
    }
  }
}
