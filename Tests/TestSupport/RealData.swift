import Foundation

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

  /// Whether there is real data; tests on it are enabled by this, and skip with `reason` elsewhere.
  public static var isPresent: Bool { folder != nil }

  /// Why a test on real data was skipped.
  public static let reason = "needs photographs and MNIST in the folder that SVAE_DATA names"
}
