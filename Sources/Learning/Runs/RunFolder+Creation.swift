import Files
import Foundation
import ImageData

extension RunFolder {
  /// Makes a new run's folder with its configuration, whole or not at all: it is made beside its
  /// place, under another name, or, where an empty folder is there, counts from the moment that it
  /// holds a configuration.
  ///
  /// - Throws: a `RunError` where something is there already: nothing is ever overwritten.
  public static func create(
    at url: URL, _ configuration: some Configuration
  ) throws -> RunFolder {
    try create(at: url, configuration, nil)
  }

  /// - Parameter data: what the run learns from; nil where that is not known.
  static func create(
    at url: URL, _ configuration: some Configuration, _ data: DataRecord?
  ) throws -> RunFolder {
    try checkIsFree(url)
    if FileManager.default.fileExists(atPath: url.path) {
      try fill(url, configuration, data, of: url)
      return RunFolder(url: url)
    }
    try makeFolder(url.deletingLastPathComponent(), of: url)
    removeLeftovers(of: url)
    let fresh = TemporaryName.beside(url)
    do {
      try fill(fresh, configuration, data, of: url)
      guard Disk.rename(fresh, to: url) else {
        try checkIsFree(url)
        throw RunError(file: url, "cannot be made: \(systemFailure())")
      }
    } catch {
      try? FileManager.default.removeItem(at: fresh)
      throw error
    }
    return RunFolder(url: url)
  }

  /// Makes a new run's folder under the first free name for its data, also where other processes do
  /// the same at once.
  static func create(
    for source: DataSource, _ configuration: some Configuration, _ data: DataRecord?
  ) throws -> RunFolder {
    while true {
      let url = URL(filePath: freeName(for: source))
      do {
        return try create(at: url, configuration, data)
      } catch {
        // Taken in the meantime?
        guard FileManager.default.fileExists(atPath: url.path) else { throw error }
      }
    }
  }

  private static func fill(
    _ folder: URL, _ configuration: some Configuration, _ data: DataRecord?, of run: URL
  ) throws {
    try makeFolder(folder.appending(path: "checkpoints", directoryHint: .isDirectory), of: run)
    try data?.seen(from: run).write(to: RunFolder(url: folder))
    try AtomicFile.write(
      Data(configuration.yaml.utf8), to: folder.appending(path: "config.yaml"))
  }

  private static func makeFolder(_ folder: URL, of run: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw RunError(file: run, "cannot be made: \(error.localizedDescription)")
    }
  }

  /// Removes what starts of this run left behind that were killed; it holds nothing.
  ///
  /// A start takes a moment: what is an hour old is left over.
  private static func removeLeftovers(of url: URL) {
    let parent = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    for name in names where TemporaryName.matches(name, of: url.lastPathComponent) {
      let folder = parent.appending(path: name)
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
      guard attributes?[.type] as? FileAttributeType == .typeDirectory,
        let changed = attributes?[.modificationDate] as? Date,
        changed.timeIntervalSinceNow < -3600, holdsOnlyAStart(folder)
      else { continue }
      try? FileManager.default.removeItem(at: folder)
    }
  }

  /// - Throws: a `RunError` where there is anything at `url` but an empty folder, or one in which a
  ///   start was broken off before it held a configuration.
  public static func checkIsFree(_ url: URL) throws {
    try requireText(url)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw RunError(file: url, "is a file", remedy: "choose another name with --out")
    }
    if !isStarted(url) { return }
    if FileManager.default.fileExists(atPath: RunFolder(url: url).configurationFile.path) {
      throw RunError(
        file: url, "holds a run already",
        remedy: "resume it with --resume, or choose another name with --out")
    }
    throw RunError(
      file: url, "exists but is not a run folder", remedy: "choose another name with --out")
  }

  /// Whether there is anything at `url` but an empty folder, or one in which a start was broken off
  /// before it held a configuration.
  package static func isStarted(_ url: URL) -> Bool {
    guard FileManager.default.fileExists(atPath: url.path) else { return false }
    return FileManager.default.fileExists(atPath: RunFolder(url: url).configurationFile.path)
      || !holdsOnlyAStart(url)
  }

  /// Whether a folder holds at most a configuration and no checkpoint.
  private static func holdsOnlyAStart(_ url: URL) -> Bool {
    func isTemporary(_ name: String) -> Bool {
      ["config.yaml", "data.json"].contains { TemporaryName.matches(name, of: $0) }
    }
    let manager = FileManager.default
    guard let entries = try? manager.contentsOfDirectory(atPath: url.path) else { return false }
    let checkpoints = RunFolder(url: url).checkpoints.path
    return entries.allSatisfy { name in
      name == "config.yaml" || name == "data.json" || isTemporary(name)
        || name == "checkpoints" && (try? manager.contentsOfDirectory(atPath: checkpoints)) == []
    }
  }

  /// "runs/photos-1": the first free name for a run on this data.
  public static func freeName(for source: DataSource) -> String {
    let words = source.shortName.lowercased().split { !$0.isLetter && !$0.isNumber }
    let name = words.isEmpty ? "run" : words.joined(separator: "-")
    var number = 1
    while FileManager.default.fileExists(atPath: "runs/\(name)-\(number)") { number += 1 }
    return "runs/\(name)-\(number)"
  }
}

extension DataSource {
  /// The folder's name or, for a single file, the file's without its extension.
  fileprivate var shortName: String {
    func stem(_ file: URL) -> String {
      String(file.lastPathComponent.prefix { $0 != "." })
    }
    switch self {
    case .synthetic: return "dead leaves"
    case .photographs(let files, _) where files.count == 1: return stem(files[0])
    case .photographs(_, let folder): return folder.lastPathComponent
    case .arrays(let training, let test, _):
      return test == nil
        ? stem(training) : training.deletingLastPathComponent().lastPathComponent
    }
  }
}
