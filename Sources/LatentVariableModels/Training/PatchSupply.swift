import Compute

/// Where training patches come from: all of them in memory, or one shard after the other.
///
/// An epoch takes the shards in a random order, and the patches of each in a random order; a batch
/// never spans two shards. Patches that do not fill a shard's last batch are left for another
/// epoch's order.
public struct PatchSupply: Sendable {
  /// Number of patches in each shard.
  public let shards: [Int]
  /// Number of pixels of a patch.
  public let pixels: Int
  /// Number of patches in the smallest shard.
  private let smallest: Int
  package let load: @Sendable (Int) throws -> Matrix

  /// - Parameters:
  ///   - shards: the number of patches in each, all positive.
  ///   - load: the patches of a shard, `[patches, pixels]`, the same at every call.
  public init(
    shards: [Int], pixels: Int, load: @escaping @Sendable (Int) throws -> Matrix
  ) {
    precondition(!shards.isEmpty && shards.allSatisfy { $0 > 0 }, "no patches to train on")
    (self.shards, self.pixels, self.load) = (shards, pixels, load)
    smallest = shards.min() ?? 0
  }

  /// All patches in memory, `[patches, pixels]`.
  public init(_ patches: Matrix) {
    self.init(shards: [patches.rows], pixels: patches.columns) { _ in patches }
  }

  /// Number of patches in all.
  public var count: Int { shards.reduce(0, +) }

  /// Batches of a shard, at least one.
  func steps(in shard: Int, batch: Int) -> Int { shards[shard] / self.batch(batch) }

  /// The number of patches in a batch: what was asked for, or what the smallest shard has.
  func batch(_ wanted: Int) -> Int { min(wanted, smallest) }
}

/// The order in which an epoch takes its patches, and the shard that is at work.
struct EpochOrder {
  private let supply: PatchSupply
  private let batch: Int
  private let seed: UInt64
  private let epoch: Int
  private let shards: [Int]
  /// The shard in memory, as a position in `shards`.
  private var position: Int?
  private var patches: Matrix
  private var order: [Int32] = []

  init(_ supply: PatchSupply, batch: Int, seed: UInt64, epoch: Int) {
    (self.supply, self.batch, self.seed, self.epoch) = (supply, batch, seed, epoch)
    var random = RandomStream(seed: seed, purpose: .shuffling, step: -1 - epoch)
    shards = random.permutation(of: supply.shards.count)
    patches = Matrix(rows: 0, columns: supply.pixels)
  }

  /// Calls `body` with the patches in memory, and the rows of the batch of step `step`.
  mutating func withBatch<Result>(
    _ step: Int, _ body: (Matrix, ArraySlice<Int32>) -> Result
  ) throws -> Result {
    var (first, position) = (0, 0)
    while step >= first + supply.steps(in: shards[position], batch: batch) {
      first += supply.steps(in: shards[position], batch: batch)
      position += 1
    }
    if position != self.position { try load(position) }
    let start = (step - first) * batch
    return body(patches, order[start..<start + batch])
  }

  /// At most `count` patches of the shard that is in memory, at random, `[patches, pixels]`.
  func patchesAtHand(_ count: Int) -> Matrix {
    patches.selectingRows(order.prefix(count).map { Int($0) })
  }

  private mutating func load(_ position: Int) throws {
    let shard = shards[position]
    // The old shard goes before the new one comes.
    (patches, order) = (Matrix(rows: 0, columns: supply.pixels), [])
    patches = try supply.load(shard)
    precondition(
      patches.rows == supply.shards[shard] && patches.columns == supply.pixels,
      "shard \(shard): \(patches.rows) × \(patches.columns)")
    var random = RandomStream(
      seed: seed, purpose: .shuffling, step: epoch * supply.shards.count + shard)
    order = random.permutation(of: patches.rows).map { Int32($0) }
    self.position = position
  }
}
