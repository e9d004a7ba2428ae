import ArgumentParser
import Compute
import LatentVariableModels

/// `svae-bench training`
struct Training: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Training steps: forward, backward, Adam and projection of the filters.")

  @OptionGroup var options: CommonOptions

  @Option(help: "Numbers in which the steps multiply: float32 or mixed.")
  var precision = Precision.float32

  @Flag(help: "Steps with the exact expected likelihood beside the sampled one of the peers.")
  var exact = false

  func run() throws {
    var reporter = options.reporter
    for benchmark in TrainingCase.all where options.selects(benchmark.title) {
      for threads in options.threads {
        let team = ThreadTeam(count: threads)
        for likelihood in [ExpectedLikelihood.sampled] + (exact ? [.exact] : []) {
          var benchmark = benchmark
          benchmark.likelihood = likelihood
          let loop = TrainingLoop(benchmark, precision: precision, team: team)
          let measurement = options.schedule.measure(team) { loop() }
          reporter.add(
            Report(
              benchmark.title + (likelihood == .exact ? ", exact" : ""), threads: threads,
              unit: "steps/s", measurement,
              share: measurement.shareOfPeak(operations: benchmark.operations),
              limit: "peak FLOP/s"))
        }
      }
    }
    try reporter.finish()
  }
}
