/// How the array of a data file is to be understood.
public struct ArrayReading: Codable, Hashable, Sendable {
  /// What the array holds: photographs or patches.
  public var meaning: ArrayMeaning
  /// The array's name, where a file holds several (MATLAB, npz); nil takes the only one that could
  /// be images.
  public var variable: String?
  /// Which of three axes counts the images; nil is the custom of the format: last for MATLAB, first
  /// for all others.
  public var imageAxis: ImageAxis?
  /// Height of patches that are rows of numbers, `[N, D]`; nil where they are square. Their width
  /// is D / height.
  public var patchHeight: Int?
  /// Height and width, in pixels, of the patches that would be cut from photographs.
  public var patchSize: Int
  /// Whether the images have an axis of colours.
  public var colour = ColourMode.grey
  /// The largest picture that is read: see `DataConfiguration.largestImage`.
  public var largestImage: Int?

  /// By default everything is decided by the array's shape and the format's custom.
  public init(
    _ meaning: ArrayMeaning = .automatic, variable: String? = nil, imageAxis: ImageAxis? = nil,
    patchHeight: Int? = nil, patchSize: Int = 12
  ) {
    self.meaning = meaning
    self.variable = variable
    self.imageAxis = imageAxis
    self.patchHeight = patchHeight
    self.patchSize = patchSize
  }

  /// Whether images of this size are photographs, where nobody says: both sides are longer than
  /// 32 pixels and at least four times the patch size. (MNIST's 28 pixels and CIFAR's 32 never
  /// are.)
  func arePhotographs(_ size: ImageSize) -> Bool {
    let side = min(size.height, size.width)
    return side > 32 && side >= 4 * patchSize
  }
}

/// What the array of a data file holds.
public enum ArrayMeaning: String, CaseIterable, Codable, Hashable, Sendable {
  /// Decided by the shape: two axes are patches, one a row; three are photographs if both sides are
  /// longer than 32 pixels and at least four times the patch size, and whole patches otherwise.
  case automatic
  /// Photographs, from which patches are cut: `[N, height, width]`, or one, `[height, width]`.
  case images
  /// Each image is one patch: `[N, D]` or `[N, height, width]`.
  case patches
}
