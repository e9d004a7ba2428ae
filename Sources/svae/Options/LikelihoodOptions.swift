import ArgumentParser
import Compute
import Foundation
import Learning

extension LikelihoodBound: ExpressibleByArgument {}

/// How −log p(x) is measured.
struct LikelihoodOptions: ParsableArguments {
  @Flag(help: "Measure −log p(x) of sparse coding VAEs by annealed importance sampling.")
  var likelihood = false

  @Option(
    help: """
      With --likelihood: ais, or in its place a bound by the model's own posterior, iwae of many \
      samples or elbo. (default: ais)
      """)
  var bound: LikelihoodBound?

  @Option(help: "With --likelihood: patches that are measured. (default: 100)")
  var patches: Int?

  @Option(help: "With --bound ais: chains of each patch. (default: 16)")
  var chains: Int?

  @Option(
    help: "With --bound ais: temperatures between Gaussian and posterior. (default: 500)")
  var temperatures: Int?

  @Option(help: "With --bound iwae: samples of each patch. (default: 1000)")
  var samples: Int?

  @Option(help: "With --likelihood: seed of the chains. (default: 0)")
  var seed: UInt64?

  mutating func validate() throws {
    let numbers = [
      ("patches", patches, 1_000_000), ("chains", chains, 10_000),
      ("temperatures", temperatures, 1_000_000), ("samples", samples, 10_000_000),
    ]
    for (name, value, most) in numbers {
      guard let value else { continue }
      guard (1...most).contains(value) else {
        throw ValidationError("'--\(name) \(value)': expected a number from 1 to \(most).")
      }
    }
    let given: [(String, Bool)] =
      [("bound", bound != nil), ("seed", seed != nil)] + numbers.map { ($0.0, $0.1 != nil) }
    if !likelihood, let name = given.first(where: \.1)?.0 {
      throw ValidationError("'--\(name)' goes with --likelihood.")
    }
    let bound = bound ?? .ais
    for (name, owner) in [
      ("chains", LikelihoodBound.ais), ("temperatures", .ais), ("samples", .iwae),
    ]
    where bound != owner && given.contains(where: { $0 == (name, true) }) {
      throw ValidationError(
        "'--\(name)' goes with --bound \(owner.rawValue), not \(bound.rawValue).")
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
    estimation.bound = bound ?? estimation.bound
    estimation.patches = patches ?? estimation.patches
    estimation.samples = samples ?? estimation.samples
    estimation.sampling.chains = chains ?? estimation.sampling.chains
    estimation.sampling.temperatures = temperatures ?? estimation.sampling.temperatures
    estimation.sampling.seed = seed ?? estimation.sampling.seed
    let bar = ProgressBar(isQuiet: compute.quiet, unit: "patches")
    defer { bar.clear() }
    Interrupt.watch()
    let estimate: LikelihoodEstimate
    do {
      estimate = try run.likelihood(
        estimation, on: path, other, team: compute.team, notice: { console.warn($0) },
        progress: { try bar.updateOrStop($0, of: $1) })
    } catch let stop as ExitCode {
      bar.clear()
      console.warn("stopped; the same command goes on")
      throw stop
    }
    bar.clear()
    if let warning = estimate.warning { console.warn(warning) }
    return estimate
  }
}

extension [RunFolder] {
  /// Measures −log p(x) of each model that has none yet, and keeps it with the run.
  func measureLikelihoods(team: ThreadTeam, isQuiet: Bool) throws {
    let console = Console(isQuiet: isQuiet)
    Interrupt.watch()
    for (index, folder) in enumerated() {
      let bar = ProgressBar(isQuiet: isQuiet, unit: "patches, run \(index + 1) of \(count)")
      defer { bar.clear() }
      try RunRecord.measureLikelihood(
        of: folder, LikelihoodEstimation(), team: team,
        notice: { line in
          bar.clear()
          console.warn(line)
        }, progress: { try bar.updateOrStop($0, of: $1) })
    }
  }
}

extension ProgressBar {
  /// Shows how far it is, or ends the command where Ctrl-C was pressed: the same command goes on.
  fileprivate func updateOrStop(_ done: Int, of total: Int) throws {
    update(done, of: total)
    if Interrupt.isRequested { throw ExitCode(Interrupt.exitCode) }
  }
}
