import ArgumentParser
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

  /// The run to go on with; nil for a new one.
  func resumed() throws -> RunFolder? {
    try resume.map { try RunFolder(existing: URL(filePath: $0)) }
  }

  /// Where a new run on this data goes.
  ///
  /// - Throws: where something is there already.
  func place(for source: DataSource) throws -> URL {
    let url = URL(filePath: out ?? RunFolder.freeName(for: source))
    try RunFolder.checkIsFree(url)
    return url
  }

  /// - Parameter changed: whether options were given that the run to go on with does not have.
  func requireUnchanged(_ changed: Bool) throws {
    if let resume, changed {
      throw ValidationError(
        "--resume goes on with the settings in \(resume)/config.yaml: they cannot be changed. "
          + "For other settings begin a new run.")
    }
  }
}
