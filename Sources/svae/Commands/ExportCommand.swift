import ArgumentParser
import Exchange
import Foundation
import Learning

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Save a learned model for other software.",
    discussion: """
      svae export runs/photos-1 --out model.safetensors
      svae export runs/photos-1 --out filters.csv
      svae export runs/photos-1 --to onnx --out model/

      safetensors: all tensors in PyTorch's names and layouts, with the whitening.
      npz, mat: the filters, [latents, height, width], and the same tensors, for NumPy and MATLAB.
      tiff: the filters as pages of float32, for napari and ImageJ.
      csv: a row a filter with its measures and its Gabor function.
      onnx: the encoder in FILE.onnx, the decoder in FILE.decoder.onnx; in a folder, \
      encoder.onnx and decoder.onnx.

      A dictionary of svae sparse-code leaves in all of them but onnx. docs/Exchange.md shows how \
      to read the files.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "\(ModelExporters.names). (default: as the ending of --out)", valueName: "format"))
  var format: String?

  @Option(help: ArgumentHelp("Where to write.", valueName: "file"))
  var out: String

  @Flag(help: "onnx: the encoder takes patches that are whitened and scaled already.")
  var treated = false

  @Option(help: "csv: data to measure on. (default: the run's own test split)")
  var data: String?

  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if let format {
      if ModelExporters.named(format) == nil {
        throw ValidationError("'--to \(format)': expected one of \(ModelExporters.names).")
      }
    } else if ModelExporters.forFile(out) == nil {
      throw ValidationError(
        "'--out \(out)' does not tell the format: expected an ending or --to, one of "
          + "\(ModelExporters.names).")
    }
  }

  func run() throws {
    guard let exporter = format.map({ ModelExporters.named($0) }) ?? ModelExporters.forFile(out)
    else { return }
    let model = try ExportedModel(RunFolder(existing: URL(filePath: folder)))
    let files = try model.write(
      as: exporter, to: URL(filePath: out),
      ExportOptions(data: data, isTreated: treated, team: compute.team))
    let console = Console(isQuiet: compute.quiet)
    for file in files { console.say("wrote \(file.relativePath)") }
  }
}
