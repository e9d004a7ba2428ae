import ArgumentParser
import Foundation
import Learning

extension FilterOrder: ExpressibleByArgument {}

struct FiltersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filters",
    abstract: "Draw a trained model's filters, or save them.",
    discussion: "The extension of the file's name decides: png, svg, pdf, or npy for the numbers.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: ArgumentHelp("Where to write: png, svg, pdf or npy.", valueName: "file"))
  var out: String

  @Option(help: "Which filters come first: activity, norm, frequency or index.")
  var order = FilterOrder.activity

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let run = try RunFolder(existing: URL(filePath: folder)).finishedRun()
    try run.writeFilters(to: out, order: order, team: compute.team)
    Console(isQuiet: compute.quiet).say("wrote \(out)")
  }
}
