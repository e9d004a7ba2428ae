import ArgumentParser
import Foundation
import Learning

/// How −log p(x) is measured.
struct LikelihoodOptions: ParsableArguments {
  @Flag(help: "Measure −log p(x) of sparse coding VAEs by annealed importance sampling.")
  var likelihood = false

  @Option(help: "With --likelihood: patches that are measured.")
  var patches = 100

  @Option(help: "With --likelihood: chains of each patch.")
  var chains = 16

  @Option(help: "With --likelihood: temperatures between prior and posterior.")
  var temperatures = 1000

  @Option(help: "With --likelihood: seed of the chains.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    for (name, value, most) in [
      ("patches", patches, 1_000_000), ("chains", chains, 10_000),
      ("temperatures", temperatures, 1_000_000),
    ] where !(1...most).contains(value) {
      throw ValidationError("'--\(name) \(value)': expected a number from 1 to \(most).")
    }
  }

  /// Measures a run on its own test patches or on other data.
  func estimate(
    _ run: any FinishedRun, on path: String?, _ other: OtherData, _ compute: ComputeOptions,
    _ console: Console
  ) throws -> LikelihoodEstimate {
    // A run of another method is refused by its folder.
    let run = try run as? TrainedRun<SparseVAEConfiguration> ?? TrainedRun(run.folder)
    var estimation = LikelihoodEstimation()
    estimation.patches = patches
    estimation.sampling.chains = chains
    estimation.sampling.temperatures = temperatures
    estimation.sampling.seed = seed
    let bar = ProgressBar(isQuiet: compute.quiet, unit: "patches")
    let estimate = try run.likelihood(estimation, on: path, other, team: compute.team) {
      bar.update($0, of: $1)
    }
    bar.clear()
    if let warning = estimate.warning { console.warn(warning) }
    return estimate
  }
}
