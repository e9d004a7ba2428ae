import Compute
import Files
import Foundation

/// The files that a data set was made from, with sizes and checksums: what tells later that they
/// are still the same.
public struct DataOrigin: Codable, Hashable, Sendable {
  /// One file.
  public struct File: Codable, Hashable, Sendable {
    /// Below the source's folder, with `/` between names.
    public var path: String
    /// Its length.
    public var bytes: Int
    /// The CRC-32 of its contents, eight hexadecimal digits; of files above 256 MiB that of 256
    /// pieces of 1 MiB, evenly spaced. Empty of what cannot be read.
    public var crc32: String
  }

  /// In the order of their paths; none for images that are generated.
  public var files: [File]

  /// Reads every file of `source`; one that cannot be read has no checksum.
  public init(_ source: DataSource, team: ThreadTeam) {
    self.init(source, checksums: FileChecksums(), team: team)
  }

  /// - Parameter checksums: those of files that were read already, which are not read once more.
  init(_ source: DataSource, checksums: FileChecksums, team: ThreadTeam) {
    let (urls, folder) = source.named
    let prefix = folder.standardizedFileURL.path + "/"
    files = team.map(urls.count) { File(urls[$0], below: prefix, checksums) }
      .sorted { $0.path < $1.path }
  }

  /// Length of all files.
  public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// "200 files, 22.1 MB"
  public var summary: String {
    let size = String(format: "%.1f MB", Double(bytes) / 1e6)
    return files.count == 1 ? "a file of \(size)" : "\(files.count) files, \(size)"
  }

  /// How these files differ from those of `other`, which came before; nil where they do not.
  public func difference(from other: DataOrigin) -> String? {
    func byPath(_ files: [File]) -> [String: File] {
      Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    // A single file may have another name.
    if files.count == 1, other.files.count == 1, files[0].isSame(as: other.files[0]) { return nil }
    let (now, before) = (byPath(files), byPath(other.files))
    let gone = other.files.filter { now[$0.path] == nil }
    let added = files.filter { before[$0.path] == nil }
    let changed = files.filter { file in before[file.path].map { !file.isSame(as: $0) } ?? false }
    let parts = [("missing", gone), ("new", added), ("changed", changed)].compactMap {
      what, files in
      files.isEmpty ? nil : Self.words(what, files)
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private static func words(_ what: String, _ files: [File]) -> String {
    let named = files.prefix(3).map { SystemPath.shown($0.path) }.joined(separator: ", ")
    return "\(files.count) \(what) (\(named)\(files.count > 3 ? ", …" : ""))"
  }
}

extension DataOrigin.File {
  /// The file as it is now.
  ///
  /// - Parameter prefix: what is left out of its path.
  public init(_ url: URL, below prefix: String = "") {
    self.init(url, below: prefix, FileChecksums())
  }

  init(_ url: URL, below prefix: String, _ checksums: FileChecksums) {
    let path = url.standardizedFileURL.path
    self.path = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    // What comes through a pipe comes once.
    let length = SystemPath.status(url.path).flatMap { $0.isRegularFile ? Int($0.st_size) : nil }
    bytes = length ?? 0
    crc32 =
      length.flatMap { checksums[url, length: $0] ?? FileChecksums.checksum(of: url, $0) } ?? ""
  }

  fileprivate func isSame(as other: Self) -> Bool { bytes == other.bytes && crc32 == other.crc32 }
}

extension DataSource {
  /// All files that are read, and the folder that they are in.
  var named: (urls: [URL], folder: URL) {
    switch self {
    case .synthetic: ([], URL(filePath: "/"))
    case .photographs(let files, let folder): (files, folder)
    case .arrays(let training, let test, _):
      ([training] + (test.map { [$0] } ?? []), training.deletingLastPathComponent())
    }
  }
}
