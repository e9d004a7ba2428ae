import ArgumentParser
import Compute
import Foundation
import ImageData
import Runs

/// What the commands that learn share: the data, the run's folder, or the run to go on with.
struct RunTarget: ParsableArguments {
  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(help: "Folder for the run; must not exist. (default: runs/NAME-NUMBER)")
  var out: String?

  @Option(help: ArgumentHelp("Go on with this run where it stopped.", valueName: "run"))
  var resume: String?

  mutating func validate() throws {
    if resume != nil, data != nil || out != nil {
      throw ValidationError("--resume goes on with a run's own data and folder: give neither.")
    }
  }

  /// The run to go on with, or a new one, after a word on what it is.
  ///
  /// - Parameters:
  ///   - read: the configuration of the run in a folder.
  ///   - resuming: the run of a folder, to go on with.
  ///   - new: a run in a folder that does not exist yet.
  /// - Throws: where data or settings cannot be used, or would change in the run to go on with.
  func run<Options: LearningOptions, Run>(
    _ options: Options, team: ThreadTeam, _ console: Console,
    read: (RunFolder) throws -> Options.Configuration,
    resuming: (RunFolder, Options.Configuration, DataSet) throws -> Run,
    new: (Options.Configuration, URL, DataSet) throws -> Run
  ) throws -> Run {
    if let resume {
      let folder = try RunFolder(existing: URL(filePath: resume))
      let configuration = try read(folder)
      if options.change(configuration) {
        throw ValidationError(
          "--resume goes on with the settings in \(resume)/config.yaml: they cannot be changed. "
            + "For other settings begin a new run.")
      }
      let run = try resuming(folder, configuration, configuration.data.dataSet(team: team))
      console.say("going on with \(folder.url.relativePath)\n")
      return run
    }
    let (configuration, source) = try options.configuration(dataPath: self.data)
    let url = URL(filePath: out ?? RunFolder.freeName(for: source))
    try RunFolder.checkIsFree(url)
    let data = try DataSet(source, configuration.data.preparation, team: team)
    console.say("\(data.check)")
    console.say(configuration.header(pixels: data.preprocessing.pixels, kind: data.kind) + "\n")
    return try new(configuration, url, data)
  }
}
