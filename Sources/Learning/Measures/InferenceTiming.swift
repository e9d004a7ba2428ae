import Compute
import Foundation

/// How long a run takes to infer codes.
package struct InferenceTiming {
  /// Patches that are inferred at a time.
  package static let patchCount = 4096

  /// Seconds for 1,000 of a run's test patches: the fastest of three turns on up to `patchCount`;
  /// nil where there are none.
  package static func secondsPerThousand(_ run: any FinishedRun, team: ThreadTeam) throws -> Double?
  {
    let patches = try run.folder.data(team: team).evaluationPatches
    let shown = patches.selectingRows(0..<min(patchCount, patches.rows))
    if shown.rows == 0 { return nil }
    let encode = run.learned.encoder(team: team)
    let times = (0..<3).map { _ in
      let started = Date()
      _ = encode(shown)
      return Date().timeIntervalSince(started)
    }
    return times.min().map { $0 * 1000 / Double(shown.rows) }
  }
}
