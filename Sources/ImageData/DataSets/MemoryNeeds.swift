import Compute
import Files
import Foundation

/// Memory that is known to be needed, compared with what there is before it is asked for.
package struct MemoryNeeds {
  /// - Parameters:
  ///   - bytes: what is needed.
  ///   - what: what for: "100 patches of 12 × 12 pixels".
  ///   - remedy: how to need less.
  /// - Throws: where there is less.
  package static func require(
    _ bytes: Double, for what: String, remedy: String
  ) throws(ImageDataError) {
    guard let available = SystemMemory.available, bytes > Double(available) else { return }
    throw ImageDataError(
      "\(what) need \(text(bytes)) of memory, and \(text(Double(available))) can be had",
      remedy: remedy)
  }

  /// - Throws: where the covariance of so many values of a patch, its eigenvectors and what is made of
  ///   them do not fit into memory: six matrices in double precision.
  package static func requireCovariance(
    of values: Int, _ kind: PatchKind
  ) throws(ImageDataError) {
    try require(
      48 * Double(values) * Double(values),
      for: "the covariance and eigenvectors of patches of \(grouped(values)) values",
      remedy: kind == .cut
        ? "cut smaller patches: patchSize, --patch-size"
        : "each image is a patch: scale the images down, or cut patches from them, arrays: images, "
          + "--arrays images")
  }

  /// - Throws: where what is packed in a file does not fit into memory, where it is unpacked whole.
  static func requireUnpacked(_ bytes: Int, of file: URL) throws(ImageDataError) {
    try require(
      Double(bytes), for: "\(file.shownPath): its numbers, unpacked,",
      remedy: "save them as a plain .npy, which is read in parts; svae train does so with "
        + "--memory-budget, in MB")
  }

  private static func text(_ bytes: Double) -> String {
    bytes >= 1e9
      ? String(format: "%.1f GB", bytes / 1e9) : String(format: "%.0f MB", max(1, bytes / 1e6))
  }
}

extension DataConfiguration {
  /// Checks that there is memory for the patches of all splits.
  ///
  /// - Parameters:
  ///   - training: training patches that are in memory at a time.
  ///   - heldOut: patches for validation, and for the test.
  ///   - copies: how often each is there.
  func requireMemory(
    training: Int, heldOut: Int, patch: ImageSize, channels: Int, copies: Int
  ) throws(ImageDataError) {
    let patches = training + 2 * heldOut
    // While patches are whitened, the training patches are there twice.
    let numbers = Double(patches * copies + training) * Double(patch.area * channels)
    try MemoryNeeds.require(
      numbers * 4, for: "\(grouped(patches)) patches of \(patch) pixels",
      remedy: memory == nil
        ? "ask for fewer with --patches, or let svae train keep them on disk: "
          + "--memory-budget, in MB"
        : "ask for less with --memory-budget")
  }
}
