import ArgumentParser
import Compute
import Foundation

/// `svae-bench sparse-coding`
struct SparseCodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparse-coding",
    abstract: "Codes of 10,000 whitened patches, by an active set to a gap of 1e-6.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    var reporter = options.reporter
    let benchmark = try SparseCodingCase(team: ThreadTeam(count: ThreadTeam.processorCount))
    for atoms in SparseCodingCase.atomCounts {
      guard let problem = benchmark.problem(atoms: atoms) else { continue }
      let name = "sparse coding atoms \(atoms)"
      guard options.selects(name) else { continue }
      for threads in options.threads {
        let team = ThreadTeam(count: threads)
        let measurement = options.schedule.measure(
          team, units: Double(SparseCodingCase.patchCount)
        ) {
          _ = SparseCodingCase.solver.encode(benchmark.patches, problem: problem, team: team)
        }
        reporter.add(Report(name, threads: threads, unit: "patches/s", measurement))
      }
    }
    try reporter.finish()
  }
}

/// `svae-bench serve-codes`: one of the runners that `peers/compare.py` lets run in turn.
struct ServeCodes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve-codes",
    abstract: "Answers lines \"atoms file\" with seconds; the codes go into the file.",
    shouldDisplay: false)

  @Option(help: "Number of threads.")
  var threads = 1

  @Argument(help: "Where patches and dictionaries are written.", completion: .directory)
  var folder: String

  func run() throws {
    let team = ThreadTeam(count: threads)
    let benchmark = try SparseCodingCase(team: team)
    try benchmark.write(to: URL(filePath: folder))
    answer("ready")
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2, let atoms = Int(words[0]),
        let problem = benchmark.problem(atoms: atoms)
      else {
        throw ValidationError("\"\(line)\": expected a number of atoms and a file")
      }
      let clock = ContinuousClock()
      let start = clock.now
      let encoding = SparseCodingCase.solver.encode(benchmark.patches, problem: problem, team: team)
      let seconds = (clock.now - start) / .seconds(1)
      try encoding.codes.write(to: URL(filePath: words[1]))
      answer("\(seconds)")
    }
  }
}

/// Prints a line, at once.
func answer(_ text: String) {
  print(text)
  fflush(nil)
}
