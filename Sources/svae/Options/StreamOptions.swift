import ArgumentParser
import Compute
import Foundation
import ImageData
import Learning

/// What rows are read from and written to.
struct StreamFiles: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      npy, npz, MATLAB or IDX, [N, D] or [N, height, width]; pictures, which are cut into patches \
      side by side; or - for npy on standard input.
      """, valueName: "file"))
  var input: String

  @Option(
    help: ArgumentHelp(
      "A file that ends in npy, npz or mat, or - for npy on standard output.", valueName: "file"))
  var out: String

  @OptionGroup var arrays: ArrayOptions

  @Flag(help: "Take values of whatever scale, however unlike the training data's.")
  var anyScale = false

  /// The stream, of patches as `preprocessing` has them.
  func stream(_ preprocessing: Preprocessing, _ console: Console) -> ArrayStream {
    var preparation = DataConfiguration()
    preparation.patchSize = preprocessing.patchHeight
    arrays.apply(to: &preparation)
    var stream = ArrayStream(from: input, to: out)
    stream.reading = preparation.reading
    stream.takesAnyScale = anyScale
    stream.warn = { console.warn($0) }
    return stream
  }
}

/// What the commands share that take arrays through a trained model.
struct StreamOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @OptionGroup var files: StreamFiles

  @OptionGroup var compute: ComputeOptions

  /// Runs `body` on the model and the stream, and says how fast it went.
  func run(
    _ what: String,
    _ body: (any FinishedRun, ArrayStream, ThreadTeam) throws -> ArrayStream.Result
  ) throws {
    let trained = try RunFolder(existing: URL(filePath: folder)).finishedRun()
    let bar = ProgressBar(isQuiet: compute.quiet, unit: what)
    let console = Console(isQuiet: compute.quiet)
    var stream = files.stream(trained.preprocessing, console)
    stream.progress = { done, total in bar.update(done, of: total) }
    let result = try body(trained, stream, compute.team)
    bar.clear()
    let rate = Double(result.rows) / max(1e-9, result.seconds)
    console.say(
      "\(result.rows) \(what) in \(String(format: "%.2f s, %.0f a second", result.seconds, rate))")
  }
}
