import Foundation
import Testing

/// Where the real data for tests and benchmarks lies: the folder named by `SVAE_DATA`, or
/// `../shared/data` beside this checkout.
public enum RealData {
  /// The folder, or nil where there is none.
  public static let folder: URL? = {
    let checkout = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let candidates =
      ProcessInfo.processInfo.environment["SVAE_DATA"].map { [URL(filePath: $0)] }
      ?? [checkout.appending(path: "../shared/data").standardizedFileURL]
    return candidates.first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// What a test on real data needs.
  public static var needed: some SuiteTrait & TestTrait {
    ConditionTrait.needs(
      "photographs and MNIST in the folder that SVAE_DATA names", isThere: folder != nil)
  }
}
