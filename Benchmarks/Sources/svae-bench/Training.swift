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

  func run() throws {
    var reporter = options.reporter
    for benchmark in TrainingCase.all where options.selects(benchmark.title) {
      for threads in options.threads {
        let team = ThreadTeam(count: threads)
        let loop = TrainingLoop(benchmark, precision: precision, team: team)
        let measurement = options.schedule.measure(team) { loop() }
        reporter.add(
          Report(
            benchmark.title, threads: threads, unit: "steps/s", measurement,
            share: measurement.shareOfPeak(operations: benchmark.operations),
            limit: "peak FLOP/s"))
      }
    }
    try reporter.finish()
  }
}
