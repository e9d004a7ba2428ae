import Compute

/// Draws the patches of each split from usable images.
struct Sampling {
  /// The treatment so far; mean patch, components and scale are learnt later.
  private(set) var preprocessing: Preprocessing
  /// Numbers of training patches, in shards; one shard where memory holds all.
  private(set) var counts: [Int] = []

  private let images: any ImageCollection
  private let usable: UsableImages
  private let configuration: DataConfiguration
  private let team: ThreadTeam
  var progress: ProgressReport
  /// Of images that patches are cut from.
  private let contrasts: ImageContrasts?
  /// Whether patches are also kept as they were in the images.
  let keepsRaw: Bool

  /// Patches of each split.
  typealias Patches = (
    training: CollectedPatches, validation: CollectedPatches, test: CollectedPatches
  )

  /// - Parameter configuration: resolved.
  init(
    _ images: any ImageCollection, _ usable: UsableImages, _ configuration: DataConfiguration,
    kind: PatchKind, keepsRaw: Bool, team: ThreadTeam, progress: @escaping ProgressReport
  ) {
    self.keepsRaw = keepsRaw
    self.images = images
    self.usable = usable
    self.configuration = configuration
    self.team = team
    self.progress = progress
    contrasts = kind == .cut ? ImageContrasts() : nil
    preprocessing = Preprocessing(configuration, kind: kind, patch: usable.patch)
  }

  /// - Returns: patches of whitened images, without their means, not yet scaled; of training
  ///   patches the first shard.
  mutating func patches(_ split: ImageSplit) throws(PatchCollector.Failure) -> Patches {
    let total =
      preprocessing.kind == .cut
      ? configuration.patches : min(split.training.count, configuration.patches)
    let pixels = preprocessing.pixels
    let isStreamed = configuration.exceedsMemory(patches: total, pixels: pixels)
    counts =
      isStreamed
      ? evenParts(of: total, most: configuration.shardRows(pixels: pixels)).map(\.count) : [total]
    var heldOut = configuration.heldOutPatches ?? 0
    if isStreamed { heldOut = min(heldOut, DataConfiguration.streamedHeldOut) }
    var first = try training(split.training, counts, shard: 0, team: team)
    let median = contrasts?.median(of: split.training)
    try refuseOutliers(split.training, median)
    if preprocessing.kind == .cut, let share = configuration.rejectsVarianceBelow, share > 0 {
      preprocessing.smallestVariance = share * PatchStatistics(of: first.patches).meanPatchVariance
      do {
        first = try training(
          split.training, counts, shard: 0, stage: "leaving out dull patches", team: team)
      } catch {
        if let contrasts, let median,
          error.images.contains(where: { contrasts.isVictim($0, median: median) })
        {
          try refuseOutliers(split.training, median, isSuspicious: true)
        }
        throw explained(error, median)
      }
    }
    preprocessing.raw = first.pixels.pixels
    if isStreamed && preprocessing.kind == .whole {
      // What cannot be read is to be known before training.
      for shard in counts.indices.dropFirst() {
        _ = try training(split.training, counts, shard: shard, team: team)
      }
    }
    do {
      let validation = try collect(split.validation, heldOut, "reading validation images", team)
      let test = try collect(split.test, heldOut, "reading test images", team)
      try refuseOutliers(split.validation + split.test, median)
      return (first, validation, test)
    } catch {
      throw explained(error, median)
    }
  }

  private func explained(
    _ failure: PatchCollector.Failure, _ median: Double?
  ) -> PatchCollector.Failure {
    guard let contrasts, let median else { return failure }
    return contrasts.explained(failure, median: median)
  }

  private func refuseOutliers(
    _ indices: [Int], _ median: Double?, isSuspicious: Bool = false
  ) throws(PatchCollector.Failure) {
    guard let contrasts, let median else { return }
    let outliers = contrasts.outliers(
      among: indices, median: median, isSuspicious: isSuspicious, in: images)
    if let outliers { throw outliers }
  }

  /// - Throws: where the patches need more memory than there is.
  func requireMemory(for split: ImageSplit) throws(ImageDataError) {
    let isWhole = preprocessing.kind == .whole
    let training =
      isWhole ? min(split.training.count, configuration.patches) : configuration.patches
    let most = isWhole ? max(split.validation.count, split.test.count) : .max
    try configuration.requireMemory(
      training: min(training, configuration.shardRows(pixels: preprocessing.pixels)),
      heldOut: min(configuration.heldOutPatches ?? 0, most), patch: usable.patch,
      channels: preprocessing.channels, copies: keepsRaw ? 2 : 1)
  }

  /// The training patches of one shard.
  ///
  /// - Parameters:
  ///   - images: for training.
  ///   - counts: of the patches in each shard.
  func training(
    _ images: [Int], _ counts: [Int], shard: Int, stage: String = "reading training images",
    team: ThreadTeam
  ) throws(PatchCollector.Failure) -> CollectedPatches {
    guard preprocessing.kind == .whole else {
      return try collect(images, counts[shard], shard: shard, stage, team)
    }
    let start = counts[..<shard].reduce(0, +)
    let own = Array(images.dropFirst(start).prefix(counts[shard]))
    return try collect(own, own.count, stage, team)
  }

  private func collect(
    _ indices: [Int], _ total: Int, shard: Int = 0, _ stage: String, _ team: ThreadTeam
  ) throws(PatchCollector.Failure) -> CollectedPatches {
    try preprocessing.collect(
      from: images, indices, sizes: indices.compactMap { usable.sizes[$0] }, total: total,
      seed: configuration.seed, shard: shard,
      rawRows: keepsRaw ? .max : CollectedPatches.rawSample, stage: stage, team: team,
      contrasts: contrasts,
      progress: progress)
  }
}

extension Preprocessing {
  /// The treatment before anything is learned.
  ///
  /// - Parameter configuration: resolved.
  init(_ configuration: DataConfiguration, kind: PatchKind, patch: ImageSize) {
    self.init(
      kind: kind, patchHeight: patch.height, patchWidth: patch.width,
      colour: configuration.colour == .rgb ? ColourTreatment() : nil,
      luminance: configuration.luminance, whitening: configuration.whitening ?? .none,
      cutoff: configuration.cutoff, border: kind == .cut ? configuration.border : 0,
      removesPatchMean: configuration.removesPatchMean ?? false, scale: 1)
  }

  /// Patches of the images named by `indices`, up to the removal of their means.
  ///
  /// - Parameters:
  ///   - sizes: of these images.
  ///   - total: number of patches; where every image is one, at most that many.
  ///   - shard: patches that are cut lie elsewhere in each.
  func collect(
    from images: any ImageCollection, _ indices: [Int], sizes: [ImageSize], total: Int,
    seed: UInt64, shard: Int = 0, rawRows: Int = 0, stage: String, team: ThreadTeam,
    contrasts: ImageContrasts? = nil, progress: @escaping ProgressReport
  ) throws(PatchCollector.Failure) -> CollectedPatches {
    var sampler = PatchSampler(
      patchHeight: patchHeight, patchWidth: patchWidth, border: border,
      removesPatchMean: removesPatchMean, smallestVariance: smallestVariance,
      seed: seed &+ UInt64(shard) << 32)
    sampler.channels = channels
    // An image that passed in the first shard is not to end training in a later one.
    sampler.takesDullInTheEnd = shard > 0
    let collector = PatchCollector(
      images: images, sampler: sampler, whitened: { whitened($0) }, team: team,
      progress: progress, rawRows: rawRows, contrasts: contrasts)
    switch kind {
    case .whole:
      let taken = Array(indices.prefix(total))
      return try collector.collect(
        taken, counts: Array(repeating: 1, count: taken.count), inOrder: true, stage: stage)
    case .cut:
      var random = RandomStream(seed: sampler.seed, purpose: .splitting)
      let counts =
        shard == 0
        ? sampler.counts(for: sizes, total: total)
        : sampler.counts(for: sizes, total: total, start: random.uniform())
      return try collector.collect(indices, counts: counts, inOrder: false, stage: stage)
    }
  }
}
