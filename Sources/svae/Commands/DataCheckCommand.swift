import ArgumentParser
import Foundation
import ImageData
import Learning
import Studies

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look at data before training: the check, and a sheet of patches.",
    discussion: """
      DATA is as for svae train. Prints how much data there is, its scale, and what looks wrong.
      """)

  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A picture of patches before and after whitening: png, svg or pdf.", valueName: "file"))
  var out: String?

  @OptionGroup(title: "Settings") var options: TrainOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let team = compute.team
    let console = Console(isQuiet: compute.quiet)
    let (configuration, source) = try options.configuration(dataPath: data, console)
    let bar = StageBar(isQuiet: compute.quiet)
    let prepared = try DataSet(
      source, configuration.data.preparation, keepsRaw: out != nil, team: team,
      progress: { bar.update($0) })
    bar.clear()
    print("\(prepared.check)")
    print(configuration.header(pixels: prepared.preprocessing.pixels, kind: prepared.kind))
    if let out, let raw = prepared.raw {
      try DataSheet(prepared, raw: raw, title: source.title).write(to: out)
      console.say("wrote \(out)")
    }
  }
}
