import ArgumentParser
import Foundation
import ImageData
import Learning

extension PatchSplit: ExpressibleByArgument {}

struct DataPatchesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patches",
    abstract: "Write the very patches that a run learns from or is measured on.",
    discussion: """
      Rows come in the run's own order, [patches, height, width], the same in both files.

      svae data patches runs/photos-1 --out test.npy --raw raw.npy
      svae encode runs/photos-1 --treated --input test.npy --out codes.npy
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: "Which patches: train, validation or test.")
  var split = PatchSplit.test

  @Option(
    help: ArgumentHelp(
      "Where to write them as the model sees them, whitened and scaled: npy, npz or mat.",
      valueName: "file"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Where to write the same as they are in the images: npy, npz or mat.", valueName: "file"))
  var raw: String?

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if out == nil && raw == nil { throw ValidationError("Name a file with --out, --raw or both.") }
    if out == "-" && raw == "-" {
      throw ValidationError("--out and --raw cannot both go to standard output.")
    }
  }

  func run() throws {
    let rows = try RunFolder(existing: URL(filePath: folder)).writePatches(
      of: split, treated: out, raw: raw, team: compute.team)
    let files = [out, raw].compactMap { $0 == "-" ? nil : $0 }.joined(separator: " and ")
    Console(isQuiet: compute.quiet).say("\(rows) \(split.rawValue) patches, wrote \(files)")
  }
}
