import Compute
import Foundation
import ImageData

/// A way to learn filters, with all its settings: what studies, reports and comparisons need of a
/// run, whichever way it was made.
///
/// A new way is one more configuration that conforms, and a case of `MethodConfiguration`.
protocol LearningMethod: Configuration {
  /// Decides everything random but the data.
  var seed: UInt64 { get set }
  /// K, the number of filters.
  var latents: Int { get }
  /// The settings that tables show.
  var settings: MethodSettings { get }
  /// About how much work a run is, in multiplications.
  var cost: Double { get }
  /// The columns of its `metrics.csv`, separated by commas.
  static var metricsHeader: String { get }

  /// Begins a run at `site`, or goes on with the one that is there, and measures it at the end.
  ///
  /// - Parameter progress: told the share that is done; false stops the run at a checkpoint.
  func learn(_ site: LearningSite, progress: @escaping (Double) -> Bool) throws -> LearningOutcome
  /// Measures a finished run on the test patches of its data.
  func measure(_ folder: RunFolder, on data: DataSet, team: ThreadTeam) throws -> RunRecord
  /// Φ of a finished run, `[latents, pixels]`.
  func filters(of folder: RunFolder) throws -> Matrix
  /// Seconds that a finished run takes to infer the codes of 1,000 of its test patches.
  func inferenceSeconds(_ folder: RunFolder, team: ThreadTeam) throws -> Double?
}

/// Where and on what a run learns.
struct LearningSite {
  /// Where a new run goes.
  let url: URL
  /// The run to go on with.
  let folder: RunFolder?
  let data: DataSet
  let team: ThreadTeam
}

/// How learning ended.
enum LearningOutcome {
  case finished(RunRecord)
  /// At a checkpoint.
  case stopped
  /// With the reason.
  case diverged(String)
}

/// A method's settings in short, as tables show them; nil for what it does not have.
struct MethodSettings: Hashable, Sendable {
  var method: String
  var constraint: String
  var tangent: Bool?
  var learnsGain: Bool?
  var prior: String
  var posterior: String?
}
