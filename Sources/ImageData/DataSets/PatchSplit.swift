import Compute

/// A part of a data set's patches.
public enum PatchSplit: String, CaseIterable, Sendable {
  /// Those that models learn from.
  case train
  /// Those on which training is watched.
  case validation
  /// Those on which models are measured at the end.
  case test
}

/// Patches in the three parts of a data set.
public protocol SplitPatches {
  /// `[patches, pixels]`; where patches stay on disk, those of the first shard.
  var train: Matrix { get }
  /// `[patches, pixels]`
  var validation: Matrix { get }
  /// `[patches, pixels]`
  var test: Matrix { get }
}

extension SplitPatches {
  /// The patches of a split, `[patches, pixels]`.
  public func patches(of split: PatchSplit) -> Matrix {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}

extension DataSet: SplitPatches {}

extension RawPatches: SplitPatches {}
