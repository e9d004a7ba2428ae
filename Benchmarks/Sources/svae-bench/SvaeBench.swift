import ArgumentParser

@main
struct SvaeBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svae-bench",
    abstract: "Measures swift-svae: medians over windows of time, beside the processor's limits.",
    subcommands: [
      Training.self, Evaluation.self, Kernels.self, SparseCodingCommand.self, Serve.self,
      ServeCodes.self, ServeLikelihood.self, ServePhotographs.self,
    ],
    defaultSubcommand: Training.self)
}

/// What all measurements have in common.
struct CommonOptions: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "Numbers of threads to measure with.")
  var threads: [Int] = [1, 2]

  @Option(help: "Windows of time per case.")
  var windows = Schedule().windows

  @Option(help: "Length of a window, in seconds.")
  var seconds = Schedule().seconds

  @Option(help: "Only the cases whose name contains this.")
  var filter: String?

  @Flag(help: "Print one JSON array, with spreads and shares of the limits.")
  var json = false

  @Flag(help: "Print spreads and shares of the limits behind each line.")
  var details = false

  var schedule: Schedule { Schedule(windows: windows, seconds: seconds) }
  var reporter: Reporter { Reporter(json: json, details: details) }

  func selects(_ name: String) -> Bool { filter.map(name.contains) ?? true }

  func validate() throws {
    guard threads.allSatisfy({ $0 >= 1 }) else {
      throw ValidationError("--threads \(threads): expected 1 or more")
    }
    guard windows >= 1, seconds > 0 else {
      throw ValidationError("--windows and --seconds must be positive")
    }
  }
}
