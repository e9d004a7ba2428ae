import ArgumentParser
import Foundation
import ImageData

/// Which list of data sets is meant.
struct DataSetSourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A list of data sets of your own, as JSON: svae data list --json prints the built-in one.",
      valueName: "file"))
  var sources: String?

  /// - Throws: where the file is not a list.
  func list() throws -> DataSetList {
    try sources.map { try DataSetList(contentsOf: URL(filePath: $0)) } ?? .builtIn()
  }
}
