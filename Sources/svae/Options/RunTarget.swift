import ArgumentParser
import Compute
import Exchange
import Foundation
import ImageData
import Learning

/// What the commands that learn share: the data, the run's folder, or the run to resume.
struct RunTarget: ParsableArguments {
  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(help: "Folder for the run; must not exist. (default: runs/NAME-NUMBER)")
  var out: String?

  @Option(
    help: ArgumentHelp(
      """
      Resume this run where it stopped, with its own settings. A larger number of epochs (for \
      dictionaries: updates) makes it longer; learning rates then follow the new length from \
      there on.
      """, valueName: "run"))
  var resume: String?

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "With --resume: where the run's data lies now, if it was moved.", valueName: "folder"))
  var place: String?

  @Flag(help: "With --resume: go on although the data is not what the run was begun with.")
  var changedData = false

  mutating func validate() throws {
    if resume != nil, data != nil || out != nil {
      throw ValidationError(
        "--resume uses the run's own data and folder: give neither. "
          + "Where the data was moved, name its place with --data.")
    }
    if resume == nil, place != nil || changedData {
      throw ValidationError("--data and --changed-data go with --resume.")
    }
  }

  /// Begins a run or resumes one, after a word on what it is, and shows it as it learns: a bar, a
  /// line for each epoch, and at the end what came of it or how to resume.
  ///
  /// - Parameters:
  ///   - unit: what steps are called.
  ///   - prepare: called with the run before it learns.
  /// - Throws: where data or settings cannot be used, or would change in the run that is resumed;
  ///   `ExitCode` where the run was stopped.
  func learn<Options: LearningOptions>(
    _ options: Options, _ compute: ComputeOptions, unit: String,
    prepare: (inout Run<Options.Content>) -> Void = { _ in }
  ) throws {
    let console = Console(isQuiet: compute.quiet)
    guard var run = try self.run(options, team: compute.team, console) else { return }
    prepare(&run)
    for error in run.passedOver { console.warn("\(error)\nresuming from the checkpoint before") }
    if let warning = InstructionSet.current.warning { console.warn(warning) }
    Interrupt.watch()
    console.say(Run<Options.Content>.consoleHeading)
    let bar = ProgressBar(isQuiet: compute.quiet, unit: unit)
    defer { bar.clear() }
    var observer = Run<Options.Content>.Observer()
    observer.step = { done, total in
      bar.update(done, of: total)
      return !Interrupt.isRequested
    }
    observer.epoch = { line in
      bar.clear()
      console.say(line)
    }
    let outcome: Run<Options.Content>.Outcome
    do {
      outcome = try run.run(observer)
    } catch let failure as any LearningDivergence {
      throw RunError("\(failure). \(run.afterDivergence)")
    }
    bar.clear()
    let folder = run.folder
    guard case .finished(let evaluation, _) = outcome else {
      let command = Options.Content.command ?? ""
      console.warn(
        "stopped; a checkpoint is saved. Resume with: \(command) --resume "
          + folder.url.shellPath)
      throw ExitCode(Interrupt.exitCode)
    }
    console.say("")
    print(Summary(evaluation).headline)
    if let remark = run.configuration.remark(on: Summary(evaluation)) { console.say(remark) }
    console.say("filters  \(folder.filtersPicture.relativePath)")
    console.say("curves   \(folder.curvesPicture.relativePath)")
    console.say("model    \(folder.modelFile.relativePath)")
  }

  /// - Returns: nil where the run to resume is finished.
  private func run<Options: LearningOptions>(
    _ options: Options, team: ThreadTeam, _ console: Console
  ) throws -> Run<Options.Content>? {
    if let resume {
      return try run(resuming: RunFolder(existing: URL(filePath: resume)), options, team, console)
    }
    var (configuration, source) = try options.configuration(dataPath: self.data, console)
    let url = out.map { URL(filePath: $0) }
    if let url { try RunFolder.checkIsFree(url) }
    let bar = StageBar(isQuiet: console.isQuiet)
    let report: ProgressReport = { bar.update($0) }
    let data = try DataSet(
      source, configuration.data.preparation, team: team, progress: report)
    bar.clear()
    console.say("\(data.check)")
    options.fit(&configuration, pixels: data.preprocessing.pixels)
    console.say(configuration.header(pixels: data.preprocessing.pixels, kind: data.kind) + "\n")
    defer { bar.clear() }
    if let url {
      return try Run(new: configuration, at: url, data: data, team: team, progress: report)
    }
    return try Run(
      new: configuration, namedFor: source, data: data, team: team, progress: report)
  }

  private func run<Options: LearningOptions>(
    resuming folder: RunFolder, _ options: Options, _ team: ThreadTeam, _ console: Console
  ) throws -> Run<Options.Content>? {
    let configuration = try options.configuration(resuming: folder)
    try folder.checkIsNotTrained()
    let isLonger = try folder.trainedConfiguration().map(configuration.extends) ?? false
    if folder.isFinished, !isLonger {
      let (command, path) = (Options.Content.command ?? "", folder.url.shellPath)
      let option = Options.Content.length?.split(separator: ".").last ?? ""
      console.say(
        "\(path) is finished; nothing was changed. Measure it with svae evaluate \(path), or train "
          + "on with \(command) --resume \(path) --\(option) NUMBER")
      return nil
    }
    let bar = StageBar(isQuiet: console.isQuiet)
    defer { bar.clear() }
    let report: ProgressReport = { bar.update($0) }
    let data = try folder.data(
      at: place, takesOthers: changedData, team: team, progress: report)
    if place != nil || changedData { try folder.remember(data, at: place) }
    let run = try Run(
      resuming: folder, configuration, data: data, team: team, progress: report)
    bar.clear()
    console.say("resuming \(folder.url.relativePath)\n")
    return run
  }
}
