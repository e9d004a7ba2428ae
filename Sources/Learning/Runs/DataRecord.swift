import Files
import Foundation
import ImageData

/// Which data a run was begun with, and where: `data.json` in its folder.
struct DataRecord: Codable, Hashable, Sendable {
  /// Where the data lay, from the root; nil for images that are generated.
  var source: String?
  /// The same from the run's folder: data and run may have been moved together.
  var fromRun: String?
  /// The files there.
  var origin: DataOrigin

  init(_ source: String?, _ origin: DataOrigin) {
    self.source = source.map(Self.absolute)
    self.origin = origin
  }

  /// The record for a run in this folder.
  func seen(from run: URL) -> DataRecord {
    var record = self
    record.fromRun = source.map { Self.path(to: $0, from: run.standardizedFileURL.path) }
    return record
  }

  /// The record in a run's folder; nil where there is none, or one that cannot be read.
  init?(in folder: RunFolder) {
    guard let data = try? Data(contentsOf: folder.dataFile),
      let record = try? JSONDecoder().decode(DataRecord.self, from: data)
    else { return nil }
    self = record
  }

  func write(to folder: RunFolder) throws {
    try AtomicFile.write(try json(self, pretty: true), to: folder.dataFile)
  }

  /// A path from the root, without `.` and `..`.
  static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

  /// "../../photos"
  private static func path(to target: String, from folder: String) -> String {
    let (target, folder) = (target.split(separator: "/"), folder.split(separator: "/"))
    let shared = zip(target, folder).prefix { $0 == $1 }.count
    return
      (folder.dropFirst(shared).map { _ in ".." } + target.dropFirst(shared).map(String.init))
      .joined(separator: "/")
  }
}

extension RunFolder {
  var dataFile: URL { url.appending(path: "data.json") }
}
