import ArgumentParser
import Compute
import LatentVariableModels

/// `svae-bench evaluation`
struct Evaluation: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluation passes: posteriors, one sample, the ELBO's terms, reconstructions.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    var reporter = options.reporter
    let patches = 4096
    for benchmark in TrainingCase.all where benchmark.batch == 128 {
      let name = "evaluation \(benchmark.name)"
      guard options.selects(name) else { continue }
      let data = randomPatches(patches, pixels: benchmark.pixels)
      for threads in options.threads {
        let team = ThreadTeam(count: threads)
        let inference = Inference(benchmark.model, team: team)
        let measurement = options.schedule.measure(team, units: Double(patches)) {
          _ = inference.evaluate(data)
        }
        reporter.add(
          Report(
            name, threads: threads, unit: "patches/s", measurement,
            share: measurement.shareOfPeak(operations: benchmark.evaluationOperations),
            limit: "peak FLOP/s"))
      }
    }
    try reporter.finish()
  }
}
