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

  @OptionGroup var target: RunTarget
  @OptionGroup(title: "Settings") var options: SparseCodeOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let console = Console(isQuiet: compute.quiet)
    let run = try prepared(console)
    let display = LearningDisplay(
      console: console, bar: ProgressBar(isQuiet: compute.quiet, unit: "updates"),
      command: "svae sparse-code train")
    try display.show(run.folder, header: DictionaryRow.tableHeader) { step, row in
      var observer = DictionaryRun.Observer()
      observer.update = step
      observer.row = { row($0.tableLine) }
      guard case .finished(let evaluation) = try run.run(observer) else { return nil }
      return DictionarySummary(evaluation).headline
    }
  }

  /// The run to go on with, or a new one.
  private func prepared(_ console: Console) throws -> DictionaryRun {
    let team = compute.team
    if let folder = try target.resumed() {
      let configuration = try folder.dictionaryConfiguration()
      try target.requireUnchanged(options.change(configuration))
      let data = try configuration.data.dataSet(team: team)
      let run = try DictionaryRun(resuming: folder, configuration, data: data, team: team)
      console.say("going on with \(folder.url.relativePath)\n")
      return run
    }
    let (configuration, source) = try options.configuration(dataPath: target.data)
    let url = try target.place(for: source)
    let data = try DataSet(source, configuration.data.preparation, team: team)
    console.say("\(data.check)")
    console.say(configuration.header(pixels: data.preprocessing.pixels) + "\n")
    return try DictionaryRun(new: configuration, at: url, data: data, team: team)
  }
}
