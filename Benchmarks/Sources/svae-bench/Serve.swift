import ArgumentParser
import Compute
import LatentVariableModels

/// `svae-bench serve`: one of the runners that `peers/compare.py` lets run in turn.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answers lines \"name batch seconds\" with training steps per second.",
    shouldDisplay: false)

  @Option(help: "Number of threads.")
  var threads = 1

  @Option(help: "Numbers in which the steps multiply.")
  var precision = Precision.float32

  func run() throws {
    let team = ThreadTeam(count: threads)
    var loops: [String: TrainingLoop] = [:]
    answer("ready")
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let seconds = Double(words[2]),
        let batch = Int(words[1]),
        let benchmark = TrainingCase.all.first(where: { $0.name == words[0] && $0.batch == batch })
      else {
        throw ValidationError("\"\(line)\": expected a case, its batch size, and seconds")
      }
      let loop = loops[benchmark.title] ?? TrainingLoop(benchmark, precision: precision, team: team)
      if loops.updateValue(loop, forKey: benchmark.title) == nil {
        for _ in 0..<3 { loop() }
      }
      answer("\(rate(seconds: seconds) { loop() })")
    }
  }
}
