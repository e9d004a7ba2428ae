import Compute

/// The patches of a data set as they are in the images: nothing is taken from them, nothing scaled.
public struct RawPatches: Sendable {
  /// `[patches, pixels]`, row for row those of `DataSet.train`.
  public var train: Matrix
  /// `[patches, pixels]`, row for row those of `DataSet.validation`.
  public var validation: Matrix
  /// `[patches, pixels]`, row for row those of `DataSet.test`.
  public var test: Matrix

  init(_ patches: Sampling.Patches) {
    (train, validation, test) = (
      patches.training.raw, patches.validation.raw, patches.test.raw
    )
  }
}
