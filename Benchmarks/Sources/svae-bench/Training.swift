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

  @Flag(
    help: """
      The network of svae train, with the sampled and the exact likelihood and the structured \
      posterior, in turns.
      """)
  var posteriors = false

  func run() throws {
    var reporter = options.reporter
    let cases = posteriors ? TrainingCase.posteriors : TrainingCase.all
    for benchmark in cases where options.selects(benchmark.title) {
      for threads in options.threads {
        let team = ThreadTeam(count: threads)
        let loop = TrainingLoop(benchmark, precision: precision, team: team)
        let measurement = options.schedule.measure(team) { loop() }
        let counts = benchmark.posterior != .structured
        reporter.add(
          Report(
            benchmark.title, threads: threads, unit: "steps/s", measurement,
            share: counts ? measurement.shareOfPeak(operations: benchmark.operations) : nil,
            limit: "peak FLOP/s"))
      }
    }
    try reporter.finish()
  }
}
