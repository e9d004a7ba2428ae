import ImageData
import LatentVariableModels

extension DataSet {
  /// The training patches: in memory, or shard by shard from disk.
  var supply: PatchSupply {
    guard let shards else { return PatchSupply(train) }
    return PatchSupply(shards: shards.counts, pixels: preprocessing.pixels) { index in
      try shards.shard(index)
    }
  }
}
