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

/// A part of a data set's patches.
public enum PatchSplit: String, CaseIterable, Sendable {
  /// Those that models learn from.
  case train
  /// Those on which training is watched.
  case validation
  /// Those on which models are measured at the end.
  case test
}

extension DataSet {
  /// The patches of a split as the model sees them, `[patches, pixels]`; of `train`, where patches
  /// stay on disk, the first shard.
  public func patches(of split: PatchSplit) -> Matrix {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}

extension RawPatches {
  /// The patches of a split, `[patches, pixels]`.
  public func patches(of split: PatchSplit) -> Matrix {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}
