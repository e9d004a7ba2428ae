import ArgumentParser
import Compute
import Foundation
import ImageData
import Runs

struct SparseCodeTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a dictionary for sparse codes of images.",
    discussion: """
      Finds the codes z of a batch of patches x that minimise ½‖x − Φᵀz‖² + λ‖z‖₁, then improves \
      the dictionary Φ for them, and so on. DATA is as for svae train.
      """)

  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(help: "Folder for the run; must not exist. (default: runs/NAME-NUMBER)")
  var out: String?

  @Option(help: ArgumentHelp("Go on with this run where it stopped.", valueName: "run"))
  var resume: String?

  @OptionGroup(title: "Settings") var options: SparseCodeOptions
  @OptionGroup var compute: ComputeOptions

  mutating func validate() throws {
    if resume != nil, data != nil || out != nil {
      throw ValidationError("--resume goes on with a run's own data and folder: give neither.")
    }
  }

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    let team = compute.team
    let run: DictionaryRun
    if let resume {
      let folder = try RunFolder(existing: URL(filePath: resume))
      let configuration = try folder.dictionaryConfiguration()
      let data = try DataSet(
        configuration.data.open(), configuration.data.preparation, team: team)
      run = try DictionaryRun(resuming: folder, configuration, data: data, team: team)
      console.say("going on with \(resume)\n")
    } else {
      let (configuration, source) = try options.configuration(dataPath: data)
      let url = URL(filePath: out ?? RunFolder.freeName(for: source))
      try RunFolder.checkIsFree(url)
      let data = try DataSet(source, configuration.data.preparation, team: team)
      console.say("\(data.check)")
      console.say(configuration.header(pixels: data.preprocessing.pixels) + "\n")
      run = try DictionaryRun(new: configuration, at: url, data: data, team: team)
    }
    Interrupt.watch()
    try learn(run, console)
  }

  private func learn(_ run: DictionaryRun, _ console: Console) throws {
    let bar = ProgressBar(isQuiet: compute.quiet, unit: "updates")
    var observer = DictionaryRun.Observer()
    observer.update = { done, total in
      bar.update(done, of: total)
      return !Interrupt.isRequested
    }
    console.say(DictionaryRow.tableHeader)
    observer.row = { row in
      bar.clear()
      console.say(row.tableLine)
    }
    defer { bar.clear() }
    switch try run.run(observer) {
    case .finished(let evaluation):
      bar.clear()
      console.say("")
      print(DictionarySummary(evaluation).headline)
      console.say("filters  \(run.folder.filtersPicture.relativePath)")
      console.say("curves   \(run.folder.curvesPicture.relativePath)")
      console.say("model    \(run.folder.modelFile.relativePath)")
    case .stopped:
      bar.clear()
      console.warn(
        "stopped; a checkpoint is saved. Go on with: "
          + "svae sparse-code train --resume \(run.folder.url.relativePath)")
      throw ExitCode(Interrupt.exitCode)
    }
  }
}
