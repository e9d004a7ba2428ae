import Settings

/// Everything that determines a data set besides its files. Each default is stated here, once.
public struct DataConfiguration: Configurable, Codable {
  /// Height and width of patches cut from photographs, in pixels; where every image is one patch
  /// (MNIST), the images' size counts.
  public var patchSize = 12
  /// Number of training patches; where every image is one patch, at most that many of each split.
  public var patches = 65_536
  /// Number of validation patches, and of test patches; nil is an eighth of `patches` for
  /// photographs, and all there are where every image is one patch.
  public var heldOutPatches: Int?
  /// nil is `olshausenField` for photographs, and `none` where every image is one patch.
  public var whitening: Whitening?
  /// f₀ of Olshausen and Field's filter, cycles/pixel.
  public var cutoff = 0.4
  /// ε of PCA and ZCA, as a share of the mean eigenvalue of the covariance.
  public var epsilon = 0.01
  /// Pixels along the border of photographs that no patch contains.
  public var border = 4
  /// Whether colours become grey or stay: then a patch has three channels.
  public var colour = ColourMode.grey
  /// How colours become grey, and stored values light.
  public var luminance = Luminance.gamma
  /// Whether each patch's mean is subtracted from it; nil is yes for patches cut from photographs,
  /// no where every image is one patch. Where it stays, the mean patch is subtracted.
  public var removesPatchMean: Bool?
  /// Patches cut from photographs with less than this share of the mean variance are left out
  /// (Olshausen & Field: 0.1); nil keeps all.
  public var rejectsVarianceBelow: Double?
  /// Whether the arrays of data files are photographs, to cut patches from, or patches.
  public var arrays = ArrayMeaning.automatic
  /// The array to take from a data file that holds several (MATLAB, npz); nil is the only one that
  /// could be images.
  public var variable: String?
  /// Which of an array's three axes counts the images; nil is the custom of the file's format: last
  /// for MATLAB, first for all others.
  public var imageAxis: ImageAxis?
  /// Height of patches that are rows of numbers, `[N, D]`, in pixels; nil where they are square.
  public var patchHeight: Int?
  /// Share of the images kept for validation.
  public var validationFraction = 0.1
  /// Share of the images kept for the test; a data folder with its own test file keeps to it.
  public var testFraction = 0.1
  /// Whether files that cannot be read are left out and listed; otherwise the first is an error.
  public var skipsUnreadable = false
  /// Megapixels of the largest picture that is read; nil is 200, but less where a small file would
  /// unpack to very much.
  public var largestImage: Int?
  /// The most memory, in MB, for training patches; more of them stay on disk, and are read or cut
  /// shard by shard while training, and at most 65,536 are held out. What is packed (gzip, npz,
  /// MATLAB) is unpacked in memory all the same. nil holds all in memory.
  public var memory: Int?
  /// Seed of the split and of the patches' positions.
  public var seed: UInt64 = 1

  /// The defaults: 12 × 12 pixels from photographs, whitened by Olshausen and Field's filter.
  public init() {}

  /// The defaults for data of one kind.
  public static func defaults(for kind: PatchKind) -> DataConfiguration {
    var configuration = DataConfiguration()
    // A third of a photograph's patches hold next to nothing, and teach filters noise.
    if kind == .cut { configuration.rejectsVarianceBelow = 0.1 }
    return configuration
  }

  /// Fills in every nil that depends on the kind of data.
  public mutating func resolve(for kind: PatchKind) {
    whitening = whitening ?? (kind == .cut ? .olshausenField : Whitening.none)
    removesPatchMean = removesPatchMean ?? (kind == .cut)
    heldOutPatches = heldOutPatches ?? (kind == .cut ? max(1, patches / 8) : patches)
  }

  /// How the arrays of data files are to be understood: for `DataSource.open`.
  public var reading: ArrayReading {
    var reading = ArrayReading(
      arrays, variable: variable, imageAxis: imageAxis, patchHeight: patchHeight,
      patchSize: patchSize)
    reading.largestImage = largestImage
    reading.colour = colour
    return reading
  }

  /// Number of values of patches that are cut from images, D.
  public var cutPixels: Int { colour.channels * patchSize * patchSize }

  /// What the samples of pictures become.
  var form: PixelForm { PixelForm(colour: colour, luminance: luminance) }

  /// - Throws: naming the first setting that is out of its range.
  public func validate() throws(ImageDataError) {
    do {
      try Self.settings.validate(self)
      try checkRules()
    } catch {
      throw ImageDataError(error.problem, remedy: "expected \(error.expected)")
    }
  }

  /// Checks the rules between settings, each of which is in its own range.
  public func checkRules() throws(SettingError) {
    if validationFraction + testFraction >= 1 {
      throw SettingError(
        "data.testFraction", testFraction.form,
        expected: "less than 1 in sum with data.validationFraction, \(validationFraction)")
    }
  }
}
