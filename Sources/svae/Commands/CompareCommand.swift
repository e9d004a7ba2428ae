import ArgumentParser
import Compute
import Foundation
import Learning
import Studies

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Put runs side by side, their filters matched one to one.",
    discussion: """
      Prints every measure, a column a run, how fast codes are inferred, and how alike the filters \
      are. Models and dictionaries may stand side by side; what a run does not define is left \
      out. With --out also writes a page with the filters side by side: the same place is the \
      same filter.
      """)

  @Argument(help: ArgumentHelp("The runs' folders, two or more.", valueName: "run"))
  var runs: [String]

  @Option(help: ArgumentHelp("A folder for report.html and its figures.", valueName: "folder"))
  var out: String?

  @Flag(
    help: """
      Measure −log p(x) of models where that was not done yet, as svae evaluate does, and keep it \
      with the run.
      """)
  var likelihood = false

  @Flag(help: "Print JSON: the measures of each run, and the pairs of filters.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if runs.count < 2 { throw ValidationError("Name two runs or more.") }
  }

  func run() throws {
    let team = ThreadTeam(count: compute.threads ?? ThreadTeam.processorCount)
    let folders = try runs.map { try RunFolder(existing: URL(filePath: $0)) }
    if likelihood {
      try folders.measureLikelihoods(team: team, isQuiet: compute.quiet)
    }
    let comparison = try RunComparison(folders, team: team)
    print(json ? try comparison.json() : comparison.text)
    if let out {
      let page = try comparison.write(to: URL(filePath: out))
      Console(isQuiet: compute.quiet).say("wrote \(page.relativePath)")
    }
  }
}
