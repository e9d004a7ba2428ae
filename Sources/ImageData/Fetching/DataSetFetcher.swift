import Files
import Foundation

/// Brings a data set of the list into a folder: from its addresses, or from a mirror.
///
/// Each file arrives under another name, is verified by size and hash, and only then takes its place.
/// Where the list has no hash, that of the first file is recorded in SHA256SUMS and holds from then
/// on. What is there is not fetched again, and what broke off continues where it stopped.
public struct DataSetFetcher: Sendable {
  /// What is fetched.
  public var entry: DataSetList.Entry
  /// Where the files go; made where it does not exist.
  public var folder: URL
  /// A folder or web address with files of the same names; nil takes the list's addresses.
  public var mirror: URL?
  /// Seconds without a byte, after which a server counts as silent.
  public var patience: Double = 30
  /// The least bytes a second, over so many seconds, before the next address is asked.
  public var leastRate: (bytes: Double, seconds: Double) = (1000, 60)
  /// The most bytes that a file may have for which the list states no size.
  public var largestFile = 16 << 30

  /// A fetcher of `entry` into `folder`; from the list's addresses where `mirror` is nil.
  public init(_ entry: DataSetList.Entry, into folder: URL, from mirror: URL? = nil) {
    self.entry = entry
    self.folder = folder
    self.mirror = mirror
  }

  /// What became of a file.
  public struct Outcome: Hashable, Sendable {
    /// Where it is.
    public var file: URL
    /// Whether it was there before.
    public var wasPresent: Bool
    /// What it was compared with.
    public var verification: Verification
    /// Number of files taken out of it, where it is an archive.
    public var unpacked: Int
  }

  /// What a file was compared with.
  public enum Verification: Hashable, Sendable {
    /// The hash in the list.
    case published
    /// The hash that was recorded when it first came; the list has none.
    case recorded
    /// Nothing: its hash is recorded now.
    case first
  }

  /// Fetches all files, in the order of the list.
  ///
  /// - Parameter progress: in bytes; the total is 0 where it is not known.
  /// - Throws: the first problem; files that arrived before remain.
  public func fetch(
    progress: @escaping ProgressReport = { _ in }
  ) throws(ImageDataError) -> [Outcome] {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ImageDataError(
        file: folder, "cannot be made: \(error.localizedDescription)",
        remedy: "choose a folder that you may write to")
    }
    var outcomes: [Outcome] = []
    for file in entry.files { outcomes.append(try fetch(file, progress)) }
    return outcomes
  }

  private func fetch(
    _ file: DataSetList.File, _ progress: @escaping ProgressReport
  ) throws(ImageDataError) -> Outcome {
    let target = folder.appending(path: file.name)
    var file = file
    var verification = Verification.published
    if file.sha256 == nil && file.contentSHA256 == nil {
      file.sha256 = try RecordedHashes(in: folder).hash(of: file.name)
      verification = file.sha256 == nil ? .first : .recorded
    }
    let wasPresent = FileManager.default.fileExists(atPath: target.path)
    if wasPresent {
      if let problem = try mismatch(target, file) {
        throw ImageDataError(
          file: target, "is there already, but \(problem)",
          remedy: "remove it, and it will be fetched again")
      }
    } else {
      try bring(file, to: target, progress)
    }
    let unpacked = try file.unpack.map { unpacking throws(ImageDataError) in
      try unpack(target, unpacking, progress)
    }
    // Only what proved to be whole is to hold from now on.
    if verification == .first {
      var recorded = try RecordedHashes(in: folder)
      try recorded.record(try SHA256(of: target).finished(), of: file.name)
    }
    return Outcome(
      file: target, wasPresent: wasPresent, verification: verification, unpacked: unpacked ?? 0)
  }

  /// Tries one source after the other.
  private func bring(
    _ file: DataSetList.File, to target: URL, _ progress: @escaping ProgressReport
  ) throws(ImageDataError) {
    let partial = folder.appending(path: ".\(file.name).part")
    let sources: [URL]
    if let mirror {
      sources = [mirror.appending(path: file.name)]
    } else {
      sources = file.addresses.compactMap { URL(string: $0) }
    }
    var firstError: ImageDataError?
    for source in sources {
      do throws(ImageDataError) {
        try bring(file, from: source, through: partial, progress)
        guard Disk.commit(partial, as: target) else {
          throw ImageDataError(file: target, "cannot be written: \(systemFailure())")
        }
        return
      } catch {
        firstError = firstError ?? error
      }
    }
    throw firstError
      ?? ImageDataError("\(entry.name): \(file.name) has no address", remedy: "name a mirror")
  }

  private func bring(
    _ file: DataSetList.File, from source: URL, through partial: URL,
    _ progress: @escaping ProgressReport
  ) throws(ImageDataError) {
    let stage = "fetching \(file.name)"
    guard !source.isFileURL else {
      try? FileManager.default.removeItem(at: partial)
      do {
        try FileManager.default.copyItem(at: source.resolvingSymlinksInPath(), to: partial)
      } catch {
        throw ImageDataError(
          file: source, "cannot be copied: \(error.localizedDescription)",
          remedy: "expected \(file.name) in the folder that is given as the mirror")
      }
      let size = fileSize(partial) ?? 0
      progress(DataProgress(stage: stage, done: size, total: size))
      try verify(partial, file, source)
      return
    }
    let download = Download(
      address: source, partial: partial, size: file.size, largest: largestFile,
      patience: patience, leastRate: leastRate
    ) { done, total in
      progress(DataProgress(stage: stage, done: done, total: total ?? 0))
    }
    let isResumed = try download.run()
    do {
      try verify(partial, file, source)
    } catch {
      guard isResumed else { throw error }
      // The two parts may be of different files: once more, in one piece.
      _ = try download.run()
      try verify(partial, file, source)
    }
  }

  /// Removes what is not the file that was expected.
  private func verify(
    _ partial: URL, _ file: DataSetList.File, _ source: URL
  ) throws(ImageDataError) {
    guard let problem = try mismatch(partial, file) else { return }
    try? FileManager.default.removeItem(at: partial)
    let record = "\(file.name)'s line in \(folder.path)/\(RecordedHashes.name)"
    throw ImageDataError(
      "\(source.isFileURL ? source.path : source.absoluteString): \(problem)",
      remedy: "it is damaged or another file than expected; nothing was kept"
        + (isRecorded(file) ? ". If this is the right one, remove \(record)" : ""))
  }

  /// Whether a file's hash is the one of the file that first came, and not the list's.
  private func isRecorded(_ file: DataSetList.File) -> Bool {
    let listed = entry.files.first { $0.name == file.name }
    return file.sha256 != nil && listed?.sha256 == nil
  }

  /// How a file differs from what the list says; nil where it does not.
  private func mismatch(
    _ present: URL, _ file: DataSetList.File
  ) throws(ImageDataError) -> String? {
    if let size = file.size, let found = fileSize(present), found != size {
      return "has \(found) bytes, not \(size)"
    }
    if let expected = file.sha256 {
      let found = try SHA256(of: present).finished()
      if found != expected.lowercased() { return "has SHA-256 \(found), not \(expected)" }
    }
    if let expected = file.contentSHA256 {
      guard let hash = try? SHA256(of: present, unpacked: true) else {
        return "has damaged gzip data"
      }
      let found = try hash.finished()
      if found != expected.lowercased() { return "unpacks to SHA-256 \(found), not \(expected)" }
    }
    return nil
  }

  /// Takes the wanted files out of an archive, once all of them are known to be whole.
  private func unpack(
    _ archive: URL, _ unpacking: DataSetList.Unpacking, _ progress: @escaping ProgressReport
  ) throws(ImageDataError) -> Int {
    let manager = FileManager.default
    let fresh = folder.appending(path: ".\(archive.lastPathComponent).unpacking")
    try? manager.removeItem(at: fresh)
    defer { try? manager.removeItem(at: fresh) }
    let prefix = unpacking.below.isEmpty ? "" : unpacking.below + "/"
    var count = 0
    let stage = "unpacking \(archive.lastPathComponent)"
    let reader = try ArchiveReader(archive, .tar)
    while let entry = try reader.next() {
      let ending = URL(filePath: entry.path).pathExtension.lowercased()
      guard entry.path.hasPrefix(prefix), unpacking.extensions.contains(ending) else { continue }
      let content = try reader.rest(entry.size)
      let target = fresh.appending(path: String(entry.path.dropFirst(prefix.count)))
      do {
        try manager.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: target)
      } catch {
        throw ImageDataError(
          file: target, "cannot be written: \(error.localizedDescription)",
          remedy: "free some space or choose another folder")
      }
      count += 1
      progress(DataProgress(stage: stage, done: count, total: 0))
    }
    guard count > 0 else {
      throw ImageDataError(
        file: archive, "holds no \(alternatives(unpacking.extensions)) files in \(unpacking.below)",
        remedy: "it is another archive than expected")
    }
    for file in try files(in: fresh) {
      let target = folder.appending(path: String(file.path.dropFirst(fresh.path.count + 1)))
      try? manager.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      guard Disk.commit(file, as: target) else {
        throw ImageDataError(file: target, "cannot be written: \(systemFailure())")
      }
    }
    return count
  }
}
