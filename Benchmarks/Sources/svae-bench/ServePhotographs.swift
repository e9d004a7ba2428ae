import ArgumentParser
import Compute
import Foundation
import ImageData

/// `svae-bench serve-photographs`: one of the runners that `peers/compare.py` lets run in turn.
struct ServePhotographs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve-photographs",
    abstract: "Answers every line with the seconds that decoding and whitening a folder takes.",
    shouldDisplay: false)

  @Option(help: "Number of threads.")
  var threads = 1

  @Argument(help: "Folder of photographs.", completion: .directory)
  var folder: String

  func run() throws {
    guard case .photographs(let files, _) = try DataSource.open(path: folder) else {
      throw ValidationError("\(folder): expected a folder of photographs")
    }
    let photographs = Photographs(files)
    let filter = OlshausenFieldFilter()
    let team = ThreadTeam(count: threads)
    answer("ready")
    while readLine() != nil {
      let clock = ContinuousClock()
      let start = clock.now
      let images = team.map(files.count) { index in
        Result { filter(try photographs.image(at: index)) }
      }
      let seconds = (clock.now - start) / .seconds(1)
      for image in images { _ = try image.get() }
      answer("\(seconds)")
    }
  }
}
