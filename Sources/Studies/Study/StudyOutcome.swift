import Compute
import Files
import Foundation
import Learning

/// Writes what a study gave into its folder.
public struct StudyOutcome {
  /// Every finished run, by condition.
  public let results: StudyResults
  /// The same as a table.
  public let table: StudyTable
  /// The main comparison; nil where there is none yet.
  public let contrast: StudyContrast?

  /// Reads, or measures, what is finished in the folder.
  public init(of study: Study, in folder: StudyFolder, team: ThreadTeam) throws {
    results = try StudyResults(of: study, in: folder, team: team)
    table = StudyTable(results)
    contrast = StudyContrast(results)
  }

  /// table.json, table.csv, runs.csv and contrast.json.
  public func writeTables(to folder: StudyFolder) throws {
    try AtomicFile.write(Data(table.json().utf8 + [10]), to: folder.tableFile)
    try AtomicFile.write(Data(table.csv.utf8), to: folder.spreadsheetFile)
    try AtomicFile.write(Data(table.runsCSV.utf8), to: folder.runsFile)
    if let contrast {
      try AtomicFile.write(Data(contrast.json().utf8 + [10]), to: folder.contrastFile)
    }
  }
}
