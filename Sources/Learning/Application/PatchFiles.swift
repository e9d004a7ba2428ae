import Compute
import ImageData

extension RunFolder {
  /// Writes the very patches of a run, `[patches, height, width]` or, in colour,
  /// `[patches, 3, height, width]`, in the order in which it has
  /// them.
  ///
  /// - Parameters:
  ///   - treated: the file, .npy, .npz or .mat, for the patches as the model sees them; nil for
  ///     none.
  ///   - raw: the file for the same as they are in the images; nil for none.
  /// - Returns: the number of patches.
  /// - Throws: an error where the run's data cannot be read, there are no such patches, or a file
  ///   cannot be written.
  public func writePatches(
    of split: PatchSplit, treated: String?, raw: String?, team: ThreadTeam
  ) throws -> Int {
    let data = try data(keepsRaw: raw != nil, team: team)
    let shards = split == .train ? data.shards : nil
    let rows = shards?.counts.reduce(0, +) ?? data.patches(of: split).rows
    guard rows > 0 else {
      throw RunError(
        file: url, "has no \(split.rawValue) patches",
        remedy: "its data has no such split")
    }
    func write(to path: String?, _ first: Matrix?, _ shard: (Int) throws -> Matrix?) throws {
      guard let path, let first else { return }
      let writer = try ArrayRowWriter(
        path: path, name: "patches", rowShape: data.preprocessing.patchShape, rows: rows)
      try writer.append(first)
      for index in (shards?.counts ?? []).indices.dropFirst() {
        if let patches = try shard(index) { try writer.append(patches) }
      }
      try writer.finish()
    }
    try write(to: treated, data.patches(of: split)) { try shards?.shard($0) }
    try write(to: raw, data.raw?.patches(of: split)) { try shards?.rawShard($0) }
    return rows
  }
}
