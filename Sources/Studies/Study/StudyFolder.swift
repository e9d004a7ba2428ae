import Files
import Foundation
import Learning

/// A study's folder: its runs, its tables, its figures, its report.
public struct StudyFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// The study with everything resolved.
  var studyFile: URL { url.appending(path: "study.json") }
  /// A row a condition, for scripts.
  public var tableFile: URL { url.appending(path: "table.json") }
  /// The same for spreadsheets.
  public var spreadsheetFile: URL { url.appending(path: "table.csv") }
  /// Every measure of every run.
  public var runsFile: URL { url.appending(path: "runs.csv") }
  /// The main contrast's paired tests.
  public var contrastFile: URL { url.appending(path: "contrast.json") }
  /// The page.
  public var reportFile: URL { url.appending(path: "report.html") }
  var figures: URL { url.appending(path: "figures", directoryHint: .isDirectory) }

  /// Where the run of a condition from one seed lies.
  public func runFolder(_ condition: String, seed: UInt64) -> URL {
    url.appending(path: "runs/\(condition)-seed-\(seed)", directoryHint: .isDirectory)
  }

  /// Makes the folder or goes on with it, and writes the study down.
  ///
  /// - Throws: a `RunError` where something else lies there, or runs of other settings.
  public init(for study: Study, at url: URL) throws {
    self.url = url
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    if !entries.isEmpty, !entries.contains("study.json") {
      throw RunError(
        file: url, "exists and is no study", remedy: "choose another folder with --out")
    }
    for (condition, seed) in study.runs { _ = try StudyRun(condition, seed: seed, in: self) }
    do {
      try FileManager.default.createDirectory(
        at: url.appending(path: "runs"), withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: figures, withIntermediateDirectories: true)
    } catch {
      throw RunError(file: url, "cannot be made: \(error.localizedDescription)")
    }
    try AtomicFile.write(try json(study, pretty: true), to: studyFile)
  }

  /// A study that is there.
  ///
  /// - Throws: a `RunError` where it is not.
  public init(existing url: URL) throws {
    self.url = url
    guard Self.isStudy(url) else {
      throw RunError(file: url, "is no study: it has no study.json")
    }
  }

  /// Whether a study lies at `url`.
  public static func isStudy(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: "study.json").path)
  }

  /// The study that the folder was made for.
  public func study() throws -> Study {
    do {
      return try JSONDecoder().decode(Study.self, from: Data(contentsOf: studyFile))
    } catch {
      throw RunError(
        file: studyFile, "cannot be read: \(error)",
        remedy: "run svae reproduce again to write it anew")
    }
  }
}
