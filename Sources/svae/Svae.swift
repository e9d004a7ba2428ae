import ArgumentParser
import Foundation
import ImageData
import Learning

@main
struct Svae: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svae",
    abstract: "Learns sparse generative models of images.",
    discussion: """
      svae train photos/            trains a sparse coding VAE on a folder of photographs
      svae train                    the same on generated images: nothing is needed
      svae evaluate runs/photos-1   measures it on held-out patches
      """,
    version: Software.version,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, FiltersCommand.self, DataCommand.self,
      EncodeCommand.self, DecodeCommand.self, ReconstructCommand.self, SampleCommand.self,
      DenoiseCommand.self, ExportCommand.self, ImportCommand.self,
      ReportCommand.self, CompareCommand.self, ReproduceCommand.self, SparseCodeCommand.self,
      SettingsCommand.self, ReadMATLAB73Command.self,
    ])

  static func main() {
    // Whatever it is called, and wherever it lies.
    MATLAB.reader = Bundle.main.executableURL
    Console.secure()
    main(nil)
    do {
      try Console.flush()
    } catch {
      exit(withError: error)
    }
  }
}
