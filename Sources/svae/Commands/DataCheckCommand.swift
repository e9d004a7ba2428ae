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
    let (configuration, source) = try options.configuration(dataPath: data)
    let prepared = try DataSet(source, configuration.data.preparation, team: team)
    print("\(prepared.check)")
    print(configuration.header(pixels: prepared.preprocessing.pixels, kind: prepared.kind))
    if let out {
      try DataSheet(source, prepared, team: team).write(to: out)
      Console(isQuiet: compute.quiet).say("wrote \(out)")
    }
  }
}
