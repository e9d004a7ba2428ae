import Compute

/// The rows of a .npy file of patches, in shards.
///
/// The file is divided into blocks of 256 rows. Which blocks are for validation and test, and which
/// shard each of the others is in, is drawn from the seed: every shard is a fair sample of the
/// file, whatever its order.
struct TableShards: ShardSource {
  private let table: PatchTable
  private let removesPatchMean: Bool
  private let channels: Int
  private let keepsRaw: Bool
  /// The blocks of each shard.
  private let blocks: [[Int]]
  private let validationBlocks: [Int]
  private let testBlocks: [Int]

  /// Rows that lie together in the file and go together.
  private static let blockRows = 256

  /// - Parameters:
  ///   - configuration: resolved.
  ///   - keepsRaw: whether rows are also kept as they are in the file.
  /// - Throws: where there are too few rows.
  init(
    _ table: PatchTable, _ configuration: DataConfiguration, keepsRaw: Bool
  ) throws(ImageDataError) {
    let blockCount = (table.rows + Self.blockRows - 1) / Self.blockRows
    var random = RandomStream(seed: configuration.seed, purpose: .splitting)
    var order = random.permutation(of: blockCount)
    func take(_ fraction: Double) -> [Int] {
      let count = fraction == 0 ? 0 : max(1, Int((fraction * Double(blockCount)).rounded()))
      defer { order.removeFirst(min(count, order.count)) }
      return Array(order.prefix(count))
    }
    (validationBlocks, testBlocks) = (
      take(configuration.validationFraction), take(configuration.testFraction)
    )
    let wanted = (min(configuration.patches, table.rows) + Self.blockRows - 1) / Self.blockRows
    let training = Array(order.prefix(wanted))
    guard !training.isEmpty else {
      throw ImageDataError(
        file: table.file, "\(table.rows) rows are too few to be divided",
        remedy: "at least \(3 * Self.blockRows)")
    }
    let most = configuration.shardRows(pixels: table.pixels) / Self.blockRows
    self.table = table
    self.keepsRaw = keepsRaw
    removesPatchMean = configuration.removesPatchMean ?? false
    channels = configuration.colour.channels
    blocks = evenParts(of: training.count, most: most).map { Array(training[$0]) }
  }

  var counts: [Int] { blocks.map { $0.reduce(0) { $0 + range($1).count } } }

  func patches(ofShard index: Int) throws(ImageDataError) -> CollectedPatches {
    try read(blocks[index], limit: .max)
  }

  /// Up to `limit` rows for validation, and for the test.
  func heldOut(
    limit: Int
  ) throws(ImageDataError) -> (validation: CollectedPatches, test: CollectedPatches) {
    (try read(validationBlocks, limit: limit), try read(testBlocks, limit: limit))
  }

  /// The rows of a block.
  private func range(_ block: Int) -> Range<Int> {
    block * Self.blockRows..<min((block + 1) * Self.blockRows, table.rows)
  }

  /// The first `limit` rows of these blocks.
  private func read(_ blocks: [Int], limit: Int) throws(ImageDataError) -> CollectedPatches {
    let rows = min(limit, blocks.reduce(0) { $0 + range($1).count })
    var (elements, left): ([Float], Int) = ([], rows)
    elements.reserveCapacity(rows * table.pixels)
    for block in blocks where left > 0 {
      let range = range(block).prefix(left)
      elements += try table.read(range.startIndex..<range.endIndex)
      left -= range.count
    }
    let raw = Matrix(rows: rows, columns: table.pixels, elements: elements)
    var patches = raw
    if removesPatchMean { removePatchMeans(&patches, channels: channels) }
    return CollectedPatches(
      patches: patches,
      raw: keepsRaw ? raw : raw.selectingRows(0..<min(CollectedPatches.rawSample, rows)),
      pixels: PixelSums(elements))
  }
}
