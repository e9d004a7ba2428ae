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

  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(help: "Folder for the run; must not exist. (default: runs/NAME-NUMBER)")
  var out: String?

  @Option(help: ArgumentHelp("Go on with this run where it stopped.", valueName: "run"))
  var resume: String?

  @Flag(help: "Write the run's course for TensorBoard too, into the run's folder.")
  var tensorboard = false

  @OptionGroup(title: "Settings") var options: TrainOptions
  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if resume != nil, data != nil || out != nil {
      throw ValidationError("--resume goes on with a run's own data and folder: give neither.")
    }
  }

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    let team = compute.team
    var run: TrainingRun
    if let resume {
      let folder = try RunFolder(existing: URL(filePath: resume))
      let configuration = try folder.configuration()
      if options.change(configuration) {
        throw ValidationError(
          "--resume goes on with the settings in \(resume)/config.yaml: they cannot be changed. "
            + "For other settings begin a new run.")
      }
      let data = try prepare(
        try configuration.data.open(), configuration, team, console)
      run = try TrainingRun(resuming: folder, configuration, data: data, team: team)
      console.say("going on with \(resume)\n")
    } else {
      let (configuration, source) = try options.configuration(dataPath: data)
      let url = URL(filePath: out ?? RunFolder.freeName(for: source))
      try RunFolder.checkIsFree(url)
      let data = try prepare(source, configuration, team, console)
      console.say("\(data.check)")
      console.say(
        configuration.header(pixels: data.preprocessing.pixels, kind: data.kind) + "\n")
      run = try TrainingRun(new: configuration, at: url, data: data, team: team)
    }
    if tensorboard { run.writesTensorBoard = true }
    Interrupt.watch()
    try train(run, console)
  }

  private func prepare(
    _ source: DataSource, _ configuration: RunConfiguration, _ team: ThreadTeam,
    _ console: Console
  ) throws -> DataSet {
    try DataSet(source, configuration.data.preparation, team: team)
  }

  private func train(_ run: TrainingRun, _ console: Console) throws {
    let bar = ProgressBar(isQuiet: compute.quiet, unit: "steps")
    var observer = TrainingRun.Observer()
    observer.step = { done, total in
      bar.update(done, of: total)
      return !Interrupt.isRequested
    }
    console.say(MetricsRow.tableHeader)
    observer.epoch = { row in
      bar.clear()
      console.say(row.tableLine)
    }
    switch try run.run(observer) {
    case .finished(let evaluation):
      bar.clear()
      let summary = EvaluationSummary(evaluation)
      console.say("")
      print(
        "\(summary.activeFilters) of \(summary.latents) filters are active; test −ELBO "
          + String(format: "%.2f nats, SNR %.2f dB", -summary.elbo, summary.snrDecibels))
      console.say("filters  \(run.folder.filtersPicture.relativePath)")
      console.say("curves   \(run.folder.curvesPicture.relativePath)")
      console.say("model    \(run.folder.modelFile.relativePath)")
    case .stopped:
      bar.clear()
      console.warn(
        "stopped; a checkpoint is saved. Go on with: "
          + "svae train --resume \(run.folder.url.relativePath)")
      throw ExitCode(Interrupt.exitCode)
    }
  }
}
