import Compute

/// Patches of images that stay on disk, in shards: each is cut from all training images, at
/// its own positions; where every image is one patch, each has its own images.
struct ImageShards: ShardSource {
  let counts: [Int]
  private var sampling: Sampling
  private let images: [Int]
  private let threads: Int

  /// - Parameters:
  ///   - sampling: with the smallest variance that was learned from the first shard.
  ///   - images: for training, in random order.
  init(_ sampling: Sampling, images: [Int], threads: Int) {
    counts = sampling.counts
    (self.sampling, self.images, self.threads) = (sampling, images, threads)
    self.sampling.progress = { _ in }
  }

  func patches(ofShard index: Int) throws(ImageDataError) -> CollectedPatches {
    do {
      // The team that read the first shard may be at other work.
      return try sampling.training(
        images, counts, shard: index, team: ThreadTeam(count: threads))
    } catch {
      throw error.images[0].error
    }
  }
}
