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
    let team = compute.team
    let run = try target.run(options, team: team, console) { folder in
      try folder.dictionaryConfiguration()
    } resuming: { folder, configuration, data in
      try DictionaryRun(resuming: folder, configuration, data: data, team: team)
    } new: { configuration, url, data in
      try DictionaryRun(new: configuration, at: url, data: data, team: team)
    }
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
}
