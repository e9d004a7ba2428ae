import ArgumentParser
import Compute
import Foundation
import ImageData
import Runs

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a sparse coding VAE on images.",
    discussion: """
      DATA is a folder of photographs, or a folder or file of small images such as MNIST's. Without \
      it, images are generated. The kind of data decides the defaults.
      """)

  @OptionGroup var target: RunTarget

  @Flag(help: "Write the run's course for TensorBoard too, into the run's folder.")
  var tensorboard = false

  @OptionGroup(title: "Settings") var options: TrainOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    var run = try prepared(console)
    if tensorboard { run.writesTensorBoard = true }
    let display = LearningDisplay(
      console: console, bar: ProgressBar(isQuiet: compute.quiet, unit: "steps"),
      command: "svae train")
    try display.show(run.folder, header: MetricsRow.tableHeader) { step, row in
      var observer = TrainingRun.Observer()
      observer.step = step
      observer.epoch = { row($0.tableLine) }
      guard case .finished(let evaluation) = try run.run(observer) else { return nil }
      return EvaluationSummary(evaluation).headline
    }
  }

  /// The run to go on with, or a new one.
  private func prepared(_ console: Console) throws -> TrainingRun {
    let team = compute.team
    if let folder = try target.resumed() {
      let configuration = try folder.configuration()
      try target.requireUnchanged(options.change(configuration))
      let data = try configuration.data.dataSet(team: team)
      let run = try TrainingRun(resuming: folder, configuration, data: data, team: team)
      console.say("going on with \(folder.url.relativePath)\n")
      return run
    }
    let (configuration, source) = try options.configuration(dataPath: target.data)
    let url = try target.place(for: source)
    let data = try DataSet(source, configuration.data.preparation, team: team)
    console.say("\(data.check)")
    console.say(configuration.header(pixels: data.preprocessing.pixels, kind: data.kind) + "\n")
    return try TrainingRun(new: configuration, at: url, data: data, team: team)
  }
}
