import ArgumentParser
import Foundation
import Learning

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on held-out patches.",
    discussion: """
      svae evaluate runs/photos-1                 on the run's own test patches
      svae evaluate runs/photos-1 --data other/   on other images, treated alike
      svae evaluate runs/photos-1 --json          for scripts
      svae evaluate runs/photos-1 --likelihood    −log p(x) itself, by annealed importance sampling

      Prints the ELBO and its parts in nats per patch, the reconstructions' signal-to-noise ratio, \
      how many filters are active by each definition with its threshold, and how sparse the codes \
      are.

      With --likelihood it prints −log p(x) in place of these: chains from a Gaussian to each patch's \
      posterior, whose weights average to p(x), in seconds for a hundred patches. Chains back from \
      patches that are simulated from the model say how far off that can be. Where it was \
      interrupted, the same command goes on.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: "Other data, treated as the training data was. (default: the run's own test split)")
  var data: String?

  @OptionGroup(title: "Other data") var other: OtherDataOptions

  @OptionGroup(title: "Likelihood") var likelihood: LikelihoodOptions

  @Flag(help: "Print one flat JSON object.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let run = try RunFolder(existing: URL(filePath: folder)).finishedRun()
    let console = Console(isQuiet: compute.quiet)
    var data = OtherData(run.method.data.preparation)
    other.apply(to: &data)
    data.notice = { console.warn($0) }
    if likelihood.likelihood {
      let estimate = try likelihood.estimate(run, on: self.data, data, compute, console)
      print(json ? try estimate.json() : estimate.table)
      return
    }
    let evaluation = try run.evaluate(on: self.data, data, team: compute.team)
    let summary = Summary(evaluation)
    print(json ? try summary.json() : summary.table)
  }
}
