import Compute
import Foundation

/// Training patches on disk, in shards that fit into memory one at a time.
///
/// The file is divided into blocks of 256 rows. Which blocks are for validation and test, and which
/// shard each of the others is in, is drawn from the seed: every shard is a fair sample of the
/// file, whatever its order.
public struct PatchShards: Sendable {
  /// How patches are treated: learned from the first shard.
  public internal(set) var preprocessing: Preprocessing
  private let table: PatchTable
  /// The blocks of each shard.
  private let blocks: [[Int]]

  /// Rows that lie together in the file and go together.
  static let blockRows = 256
  /// The most patches that the treatment is learned from, and that are held out.
  static let sampleRows = 65_536

  /// The number of patches in each shard.
  public var counts: [Int] { blocks.map { $0.reduce(0) { $0 + range($1).count } } }

  /// The patches of a shard, treated, `[patches, pixels]`: the same at every call.
  ///
  /// - Throws: where the file has changed, or holds a number that is not finite.
  public func shard(_ index: Int) throws(ImageDataError) -> Matrix {
    var patches = try read(blocks[index], limit: .max)
    preprocessing.apply(to: &patches)
    return patches
  }

  /// What comes of a file.
  struct Streamed {
    var shards: PatchShards
    /// Patches of the first shard.
    var sample: Matrix
    var validation: Matrix
    var test: Matrix
    /// Patches for training, validation, test.
    var counts: [Int]
  }

  /// Divides a file into shards, and learns the treatment.
  static func streamed(
    from table: PatchTable, _ configuration: DataConfiguration
  ) throws(ImageDataError) -> Streamed {
    let blockCount = (table.rows + blockRows - 1) / blockRows
    var random = RandomStream(seed: configuration.seed, purpose: .splitting)
    var order = random.permutation(of: blockCount)
    func take(_ fraction: Double) -> [Int] {
      let count = fraction == 0 ? 0 : max(1, Int((fraction * Double(blockCount)).rounded()))
      defer { order.removeFirst(min(count, order.count)) }
      return Array(order.prefix(count))
    }
    let (validation, test) = (
      take(configuration.validationFraction), take(configuration.testFraction)
    )
    let wanted = (min(configuration.patches, table.rows) + blockRows - 1) / blockRows
    let training = Array(order.prefix(wanted))
    guard !training.isEmpty else {
      throw ImageDataError(
        file: table.file, "\(table.rows) rows are too few to be divided",
        remedy: "at least \(3 * blockRows)")
    }
    // The sample, the shard at work, and its numbers on their way from the file.
    let bytes = ((configuration.memory ?? 1) << 20) / 3
    let perShard = max(1, bytes / (blockRows * table.size.area * 4))
    let shardCount = (training.count + perShard - 1) / perShard
    // Of nearly equal size, so that none is too small for a batch.
    let blocks = (0..<shardCount).map { shard in
      Array(
        training[
          shard * training.count / shardCount..<(shard + 1) * training.count / shardCount])
    }
    let preprocessing = Preprocessing(
      kind: .whole, patchHeight: table.size.height, patchWidth: table.size.width,
      luminance: configuration.luminance, whitening: configuration.whitening ?? .none,
      cutoff: configuration.cutoff, border: 0,
      removesPatchMean: configuration.removesPatchMean ?? false, scale: 1)

    var shards = PatchShards(preprocessing: preprocessing, table: table, blocks: blocks)
    var sample = try shards.read(blocks[0], limit: sampleRows)
    if preprocessing.removesPatchMean { removePatchMeans(&sample) }
    try shards.preprocessing.fit(&sample, epsilon: configuration.epsilon)
    let held = min(configuration.heldOutPatches ?? sampleRows, sampleRows, sample.rows)
    var parts = (
      try shards.read(validation, limit: held), try shards.read(test, limit: held)
    )
    shards.preprocessing.apply(to: &parts.0)
    shards.preprocessing.apply(to: &parts.1)
    return Streamed(
      shards: shards, sample: sample, validation: parts.0, test: parts.1,
      counts: [shards.counts.reduce(0, +), parts.0.rows, parts.1.rows])
  }

  /// The rows of a block.
  private func range(_ block: Int) -> Range<Int> {
    block * Self.blockRows..<min((block + 1) * Self.blockRows, table.rows)
  }

  /// The first `limit` rows of these blocks, as they are in the file.
  private func read(_ blocks: [Int], limit: Int) throws(ImageDataError) -> Matrix {
    let rows = min(limit, blocks.reduce(0) { $0 + range($1).count })
    var patches = Matrix(rows: rows, columns: table.size.area)
    var filled = 0
    for block in blocks where filled < rows {
      let range = range(block).prefix(rows - filled)
      try table.read(range.startIndex..<range.endIndex, into: &patches, at: filled)
      filled += range.count
    }
    return patches
  }
}
