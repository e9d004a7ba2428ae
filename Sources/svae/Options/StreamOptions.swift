import ArgumentParser
import Compute
import Foundation
import Runs

/// What the commands share that take arrays through a trained model.
struct StreamOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: ArgumentHelp("A .npy file, or - for standard input.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("A .npy file, or - for standard output.", valueName: "file"))
  var out: String

  @OptionGroup var compute: ComputeOptions

  /// Runs `body` on the model and the stream, and says how fast it went.
  func run(
    _ what: String, _ body: (TrainedRun, ArrayStream, ThreadTeam) throws -> ArrayStream.Result
  ) throws {
    let trained = try TrainedRun(RunFolder(existing: URL(filePath: folder)))
    let result = try body(trained, ArrayStream(from: input, to: out), compute.team)
    let rate = Double(result.rows) / max(1e-9, result.seconds)
    Console(isQuiet: compute.quiet).say(
      "\(result.rows) \(what) in \(String(format: "%.2f s, %.0f a second", result.seconds, rate))")
  }
}

extension ComputeOptions {
  /// The threads to compute on.
  var team: ThreadTeam { ThreadTeam(count: threads ?? ThreadTeam.processorCount) }
}
