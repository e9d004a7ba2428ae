import Compute
import Foundation

/// How long a run takes to infer codes.
struct InferenceTiming {
  /// Patches that are inferred at a time.
  static let patchCount = 4096

  /// Seconds for 1,000 patches: the fastest of three turns on up to `patchCount` patches.
  static func secondsPerThousand(_ patches: Matrix, encode: (Matrix) -> Matrix) -> Double? {
    let shown = patches.selectingRows(0..<min(patchCount, patches.rows))
    if shown.rows == 0 { return nil }
    let times = (0..<3).map { _ in
      let started = Date()
      _ = encode(shown)
      return Date().timeIntervalSince(started)
    }
    return times.min().map { $0 * 1000 / Double(shown.rows) }
  }
}
