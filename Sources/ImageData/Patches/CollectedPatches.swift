import Compute

/// Patches as they are learned from, and what they were made of.
struct CollectedPatches: Sendable {
  /// `[patches, pixels]`: of whitened images, without their means where these are removed.
  var patches: Matrix
  /// The same patches as they were in the images, `[patches, pixels]`, or the first of them.
  var raw: Matrix
  /// Of the patches as they were in the images.
  var pixels = PixelSums()

  /// Patches that are kept as they were for a look at their spectrum.
  static let rawSample = 1024

  /// Some of the patches as they were in the images.
  var sample: Matrix { raw.selectingRows(0..<min(Self.rawSample, raw.rows)) }
}
