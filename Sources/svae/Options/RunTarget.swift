import ArgumentParser
import Compute
import Foundation
import ImageData
import Runs

/// What the commands that learn share: the data, the run's folder, or the run to resume.
struct RunTarget: ParsableArguments {
  @Argument(help: "A folder or file of images. (default: generated dead leaves)")
  var data: String?

  @Option(help: "Folder for the run; must not exist. (default: runs/NAME-NUMBER)")
  var out: String?

  @Option(help: ArgumentHelp("Resume this run where it stopped.", valueName: "run"))
  var resume: String?

  mutating func validate() throws {
    if resume != nil, data != nil || out != nil {
      throw ValidationError("--resume uses the run's own data and folder: give neither.")
    }
  }

  /// The run to resume, or a new one, after a word on what it is.
  ///
  /// - Parameters:
  ///   - read: the configuration of the run in a folder.
  ///   - resuming: resumes the run of a folder.
  ///   - new: a run in a folder that does not exist yet.
  /// - Throws: where data or settings cannot be used, or would change in the run to resume.
  func run<Options: LearningOptions, Run>(
    _ options: Options, team: ThreadTeam, _ console: Console,
    read: (RunFolder) throws -> Options.Content,
    resuming: (RunFolder, Options.Content, DataSet) throws -> Run,
    new: (Options.Content, URL, DataSet) throws -> Run
  ) throws -> Run {
    if let resume {
      let folder = try RunFolder(existing: URL(filePath: resume))
      let configuration = try read(folder)
      if try options.change(configuration) {
        throw ValidationError(
          "--resume uses the settings in \(resume)/config.yaml: they cannot be changed. "
            + "For other settings, start a new run.")
      }
      let run = try resuming(folder, configuration, configuration.data.dataSet(team: team))
      console.say("resuming \(folder.url.relativePath)\n")
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
