import Compute
import Files
import Foundation
import ImageData

extension RunFolder {
  /// The run's own data, prepared.
  ///
  /// - Parameters:
  ///   - place: where the data lies now; nil is where it lay, seen from the root or from the run.
  ///   - takesOthers: whether files may differ from those that the run was begun with.
  ///   - keepsRaw: whether the patches are also kept as they are in the images.
  /// - Throws: an error where the data is not there, is not the same, or cannot be read.
  public func data(
    at place: String? = nil, takesOthers: Bool = false, keepsRaw: Bool = false, team: ThreadTeam,
    progress: @escaping ProgressReport = { _ in }
  ) throws -> DataSet {
    var settings = try method().data
    settings.source = try place ?? source(settings)
    let data = try DataSet(
      settings.open(), settings.preparation, keepsRaw: keepsRaw, team: team, progress: progress)
    if !takesOthers { try check(data, at: settings.source) }
    return data
  }

  /// - Parameter place: where the data lies.
  /// - Throws: a `RunError` where it is not the data that the run was begun with.
  func check(_ data: DataSet, at place: String?) throws {
    guard let record = DataRecord(in: self),
      let difference = data.origin.difference(from: record.origin)
    else { return }
    throw RunError(
      file: place.map { URL(filePath: $0) },
      "is not the data that the run was begun with: \(difference)",
      remedy: "put the former files back or name their place with --data; to resume with these, "
        + "--changed-data")
  }

  /// Notes which data the run goes on with, and where it lies.
  ///
  /// - Parameter place: nil is where it lay.
  public func remember(_ data: DataSet, at place: String?) throws {
    try DataRecord(place ?? source(method().data), data.origin).seen(from: url).write(to: self)
  }

  /// Whether `path` holds the run's own data, which is no longer where it lay.
  func isMoved(to path: String, reading: ArrayReading, team: ThreadTeam) throws -> Bool {
    guard let record = DataRecord(in: self), (try? source(method().data)) == nil else {
      return false
    }
    return DataOrigin(try .open(path: path, reading: reading), team: team)
      .difference(from: record.origin) == nil
  }

  /// Where the data lies now; nil for images that are generated.
  private func source(_ settings: DataSettings) throws -> String? {
    guard let configured = settings.source else { return nil }
    let record = DataRecord(in: self)
    let places =
      [record?.source ?? configured]
      + (record?.fromRun.map { [url.appending(path: $0).standardizedFileURL.path] } ?? [])
    if let place = places.first(where: { SystemPath.status($0) != nil }) {
      return place
    }
    throw RunError(
      file: URL(filePath: places[0]),
      "no such file or folder: the run's data, "
        + "\(record?.origin.summary ?? "as config.yaml names it"), was there",
      remedy: "name its new place with --data")
  }
}
