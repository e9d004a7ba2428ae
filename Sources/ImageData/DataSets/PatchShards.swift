import Compute

/// Training patches that stay on disk, in shards that fit into memory one at a time.
public struct PatchShards: Sendable {
  /// How patches are treated: learned from the first shard.
  public let preprocessing: Preprocessing
  private let source: any ShardSource

  init(_ source: any ShardSource, _ preprocessing: Preprocessing) {
    (self.source, self.preprocessing) = (source, preprocessing)
  }

  /// The number of patches in each shard.
  public var counts: [Int] { source.counts }

  /// The patches of a shard, treated, `[patches, pixels]`: the same at every call.
  ///
  /// - Throws: where a file has changed, cannot be read, or holds a number that is not finite.
  public func shard(_ index: Int) throws(ImageDataError) -> Matrix {
    var patches = try source.patches(ofShard: index).patches
    preprocessing.finish(&patches)
    return patches
  }

  /// The patches of a shard as they are in the images, `[patches, pixels]`, or the first of them
  /// where the data set does not keep them.
  public func rawShard(_ index: Int) throws(ImageDataError) -> Matrix {
    try source.patches(ofShard: index).raw
  }
}

/// Where the patches of shards come from.
protocol ShardSource: Sendable {
  /// The number of patches in each shard.
  var counts: [Int] { get }

  /// The patches of a shard, up to the removal of their means: the same at every call.
  func patches(ofShard index: Int) throws(ImageDataError) -> CollectedPatches
}

extension DataConfiguration {
  /// The most patches in a shard: memory holds the first as a sample, the one at work, and its
  /// numbers on their way from the file. However small the budget, a shard has some batches.
  func shardRows(pixels: Int) -> Int {
    guard let memory else { return .max }
    return max(1024, (memory << 20) / 3 / (pixels * MemoryLayout<Float>.size))
  }

  /// Whether that many patches are more than the memory budget.
  func exceedsMemory(patches: Int, pixels: Int) -> Bool {
    guard let memory else { return false }
    return patches > (memory << 20) / (pixels * MemoryLayout<Float>.size)
  }

  /// The most patches that are held out, for validation and for the test, where patches stream.
  static let streamedHeldOut = 65_536
}

/// 0 ..< total in parts of nearly equal length, none longer than `most`: so that none is too small
/// for a batch.
func evenParts(of total: Int, most: Int) -> [Range<Int>] {
  let count = (total + most - 1) / most
  return (0..<count).map { $0 * total / count..<($0 + 1) * total / count }
}
