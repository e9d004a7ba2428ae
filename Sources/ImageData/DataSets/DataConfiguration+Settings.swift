import Settings

extension Whitening: SettingValue {}
extension ColourMode: SettingValue {}
extension Luminance: SettingValue {}
extension ArrayMeaning: SettingValue {}
extension ImageAxis: SettingValue {}

extension DataConfiguration {
  /// The settings of data, whatever learns from it.
  public static let settings: [Setting<DataConfiguration>] = [
    Setting(
      "data.patchSize", \.patchSize,
      "Height and width of patches cut from photographs, in pixels",
      in: .from(4, to: 1024, "pixels")),
    Setting(
      "data.patches", \.patches, "Number of training patches", in: .from(1, to: 100_000_000)),
    Setting(
      "data.heldOutPatches", \.heldOutPatches,
      "Number of validation patches, and of test patches", in: .from(0, to: 100_000_000),
      ifNull: "an eighth of data.patches for photographs, all for small images"),
    Setting(
      "data.whitening", \.whitening, "How patches are whitened",
      ifNull: "olshausen-field for photographs, none for small images"),
    Setting(
      "data.cutoff", \.cutoff, "Cutoff f₀ of Olshausen and Field's filter, in cycles/pixel",
      in: .positive),
    Setting(
      "data.epsilon", \.epsilon,
      "ε of PCA and ZCA, as a share of the covariance's mean eigenvalue", in: .zeroOrMore),
    Setting(
      "data.border", \.border,
      "Pixels along the border of photographs that no patch contains",
      in: .from(0, to: 10_000, "pixels")),
    Setting(
      "data.colour", \.colour,
      "Whether colours become grey, or a patch has red, green and blue (rgb)"),
    Setting(
      "data.luminance", \.luminance,
      "Whether colours count as stored (gamma) or as light (linear)"),
    Setting(
      "data.removesPatchMean", \.removesPatchMean,
      "Subtract each patch's mean, rather than the mean patch",
      ifNull: "true for photographs, false for small images"),
    Setting(
      "data.rejectsVarianceBelow", \.rejectsVarianceBelow,
      "Leave out patches with less than this share of the mean variance",
      in: .from(0, lessThan: 1), ifNull: "all are kept"),
    Setting(
      "data.arrays", \.arrays,
      "What data files hold: images, to cut patches from, or patches; automatic goes by shape"),
    Setting(
      "data.variable", \.variable,
      "The array to take from an npz or MATLAB file that holds several",
      ifNull: "the only one that could be images"),
    Setting(
      "data.imageAxis", \.imageAxis, "Which of an array's three axes counts the images",
      ifNull: "last in MATLAB files, else first"),
    Setting(
      "data.patchHeight", \.patchHeight,
      "Height of patches that are rows of numbers, [N, D], in pixels", in: .atLeast(1),
      ifNull: "patches are square"),
    Setting(
      "data.validationFraction", \.validationFraction, "Share of the images kept for validation",
      in: .from(0, lessThan: 1)),
    Setting(
      "data.testFraction", \.testFraction,
      "Share of the images kept for the test, unless the data has a test file",
      in: .from(0, lessThan: 1)),
    Setting(
      "data.skipsUnreadable", \.skipsUnreadable,
      "Leave out files that cannot be read, and list them"),
    Setting(
      "data.largestImage", \.largestImage,
      "The largest picture that is read, in megapixels: a small file can unpack to very many",
      in: .from(1, to: 10_000, "megapixels"), ifNull: "200, but less for very small files"),
    Setting(
      "data.memory", \.memory,
      "Memory for training patches, in MB; the rest stays on disk and is read in shards",
      in: .atLeast(1), ifNull: "all in memory"),
    Setting("data.seed", \.seed, "Seed of the split and of the patches' positions"),
  ]
}
