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
    let team = compute.team
    var run = try target.run(options, team: team, console) { folder in
      try folder.configuration()
    } resuming: { folder, configuration, data in
      try TrainingRun(resuming: folder, configuration, data: data, team: team)
    } new: { configuration, url, data in
      try TrainingRun(new: configuration, at: url, data: data, team: team)
    }
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
}
