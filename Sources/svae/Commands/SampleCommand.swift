import ArgumentParser
import Foundation
import Learning

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw patches from a trained model: latents from the prior, decoded.",
    discussion: """
      The extension of the file's name decides: a picture (png, svg, pdf), or the numbers, [patches, \
      height, width] (npy, npz, mat, or - for npy on standard output).
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(
    help: ArgumentHelp("Where to write: png, svg, pdf, npy, npz or mat.", valueName: "file"))
  var out: String

  @Option(help: "Number of patches.")
  var count = 100

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 1

  @Flag(help: "Take the patches back toward the images' own units, as far as the whitening allows.")
  var restored = false

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if !(1...1_000_000).contains(count) {
      throw ValidationError("'--count \(count)': expected a number from 1 to 1,000,000.")
    }
  }

  func run() throws {
    let trained = try TrainedRun<SparseVAEConfiguration>(RunFolder(existing: URL(filePath: folder)))
    try trained.writeSamples(
      count, seed: seed, restored: restored, to: out, team: compute.team)
    if out != "-" { Console(isQuiet: compute.quiet).say("wrote \(out)") }
  }
}
