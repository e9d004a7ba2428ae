import Compute

/// Whitened patches for training, validation and test, and how new data becomes like them.
public struct DataSet: Sendable {
  /// `[patches, pixels]`; pixel variance 1. Where training patches stay on disk, the first shard: a
  /// fair sample of them.
  public var train: Matrix
  /// All training patches, where they are more than the memory budget; nil where `train` is all.
  public var shards: PatchShards?
  /// `[patches, pixels]`, from images that are not in `train`, treated alike.
  public var validation: Matrix
  /// `[patches, pixels]`, from images that are in neither of the others, treated alike.
  public var test: Matrix
  /// What was done to the patches, to treat new ones alike.
  public var preprocessing: Preprocessing
  /// The settings, with everything resolved that the kind of data decides.
  public var configuration: DataConfiguration
  /// Which image each split comes from, as indices in the order of the source; empty where rows of
  /// a file are streamed.
  public var split: ImageSplit
  /// What to look at before training.
  public var check: DataCheck
  /// The patches as they are in the images; nil where they were not to be kept.
  public var raw: RawPatches?
  /// The files that all this comes from.
  public var origin: DataOrigin

  /// Whether patches are cut from images or are whole images.
  public var kind: PatchKind { preprocessing.kind }
  /// Height of a patch in pixels.
  public var patchHeight: Int { preprocessing.patchHeight }
  /// Width of a patch in pixels.
  public var patchWidth: Int { preprocessing.patchWidth }

  /// Reads the images, splits them, cuts and whitens patches.
  ///
  /// The result depends on the source and the configuration alone, not on the number of threads.
  ///
  /// - Parameter keepsRaw: whether the patches are also kept as they are in the images.
  /// - Throws: where a setting is out of range, a file cannot be read (see
  ///   `DataConfiguration.skipsUnreadable`), there are too few images, or nothing to learn.
  public init(
    _ source: DataSource, _ configuration: DataConfiguration = DataConfiguration(),
    keepsRaw: Bool = false, team: ThreadTeam, progress: @escaping ProgressReport = { _ in }
  ) throws(ImageDataError) {
    try configuration.validate()
    let configuration = configuration.resolved(for: source.kind)
    if let table = try PatchTable(source, over: configuration) {
      try self.init(table, source, configuration, keepsRaw: keepsRaw, team: team)
    } else {
      try self.init(
        images: source, configuration, keepsRaw: keepsRaw, team: team, progress: progress)
    }
  }

  /// - Parameter configuration: resolved.
  private init(
    images source: DataSource, _ configuration: DataConfiguration, keepsRaw: Bool,
    team: ThreadTeam, progress: @escaping ProgressReport
  ) throws(ImageDataError) {
    let opened = try OpenedSource(
      source, as: configuration.form, largestImage: configuration.largestImage)
    var usable = try UsableImages(
      opened, kind: source.kind,
      patch: ImageSize(height: configuration.patchSize, width: configuration.patchSize),
      border: configuration.border, skipsUnreadable: configuration.skipsUnreadable,
      team: team, progress: progress)
    while true {
      let split: ImageSplit
      do {
        split = try ImageSplit(
          usable.indices, testImages: opened.testImages, configuration: configuration)
      } catch {
        throw usable.explained(error, of: source)
      }
      var sampling = Sampling(
        opened.images, usable, configuration, kind: source.kind, keepsRaw: keepsRaw, team: team,
        progress: progress)
      try sampling.requireMemory(for: split)
      var patches: Sampling.Patches
      do {
        patches = try sampling.patches(split)
      } catch {
        try usable.leaveOut(error, skipsUnreadable: configuration.skipsUnreadable)
        continue
      }
      raw = keepsRaw ? RawPatches(patches) : nil
      let sample = patches.training.sample
      var preprocessing = sampling.preprocessing
      try preprocessing.fit(&patches.training.patches, epsilon: configuration.epsilon)
      preprocessing.finish(&patches.validation.patches)
      preprocessing.finish(&patches.test.patches)
      self.preprocessing = preprocessing
      (train, validation, test) = (
        patches.training.patches, patches.validation.patches, patches.test.patches
      )
      let checksums = (opened.images as? Photographs)?.checksums
      origin = DataOrigin(source, checksums: checksums ?? FileChecksums(), team: team)
      self.configuration = configuration
      self.split = split
      check = DataCheck(
        title: source.title,
        images: [split.training.count, split.validation.count, split.test.count],
        sizes: usable.indices.compactMap { usable.sizes[$0] }, leftOut: usable.leftOut,
        preprocessing: preprocessing, train: train, validation: validation, test: test,
        sample: sample)
      check.passedOver = source.passedOver
      if sampling.counts.count > 1 {
        let source = ImageShards(sampling, images: split.training, threads: team.count)
        shards = PatchShards(source, preprocessing)
        check.patches[0] = sampling.counts.reduce(0, +)
      }
      return
    }
  }

  /// Patches that stream from a file.
  private init(
    _ table: PatchTable, _ source: DataSource, _ configuration: DataConfiguration,
    keepsRaw: Bool, team: ThreadTeam
  ) throws(ImageDataError) {
    let rows = try TableShards(table, configuration, keepsRaw: keepsRaw)
    origin = DataOrigin(source, team: team)
    preprocessing = Preprocessing(configuration, kind: .whole, patch: table.size)
    let first = try rows.patches(ofShard: 0)
    preprocessing.raw = first.pixels.pixels
    train = first.patches
    try preprocessing.fit(&train, epsilon: configuration.epsilon)
    let most = DataConfiguration.streamedHeldOut
    let heldOut = try rows.heldOut(
      limit: min(configuration.heldOutPatches ?? most, most, train.rows))
    raw = keepsRaw ? RawPatches((first, heldOut.validation, heldOut.test)) : nil
    (validation, test) = (heldOut.validation.patches, heldOut.test.patches)
    preprocessing.finish(&validation)
    preprocessing.finish(&test)
    shards = PatchShards(rows, preprocessing)
    self.configuration = configuration
    split = ImageSplit(training: [], validation: [], test: [])
    let counts = [rows.counts.reduce(0, +), validation.rows, test.rows]
    check = DataCheck(
      title: source.title, images: counts, sizes: [table.size], preprocessing: preprocessing,
      train: train, validation: validation, test: test,
      sample: first.sample)
    check.patches = counts
  }
}
