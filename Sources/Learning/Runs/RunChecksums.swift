import Files
import Foundation
import ImageData

/// `SHA256SUMS` of a finished run: its files' hashes, which `sha256sum -c` compares.
struct RunChecksums {
  private let file: URL

  init(_ folder: RunFolder) { file = folder.url.appending(path: "SHA256SUMS") }

  /// Writes the hashes of all files of a run that ended.
  ///
  /// - Parameter environment: the last file, which is not written yet.
  func write(_ folder: RunFolder, environment: Data) throws {
    let files = [
      folder.configurationFile, folder.metricsFile, folder.modelFile, folder.filtersPicture,
      folder.curvesPicture, folder.recordFile,
    ]
    var hashes = try files.map {
      ($0.lastPathComponent, try Self.hash(Data(contentsOf: $0, options: .mappedIfSafe)))
    }
    hashes.append((folder.environmentFile.lastPathComponent, try Self.hash(environment)))
    try write(hashes)
  }

  /// Writes a file that is measured later, and its hash where there are hashes.
  func write(_ data: Data, to target: URL) throws {
    try AtomicFile.write(data, to: target)
    guard var hashes = read() else { return }
    hashes.removeAll { $0.name == target.lastPathComponent }
    hashes.append((target.lastPathComponent, try Self.hash(data)))
    try write(hashes)
  }

  /// Whether a file is as it was written, as far as that is known.
  func isRight(_ data: Data, of name: String) -> Bool {
    guard let known = read()?.last(where: { $0.name == name })?.hash else { return true }
    return (try? Self.hash(data)) == known
  }

  /// Forgets the hashes: the run goes on.
  func remove() { try? FileManager.default.removeItem(at: file) }

  private func read() -> [(name: String, hash: String)]? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return text.split(separator: "\n").compactMap { line in
      line.wholeMatch(of: /([0-9a-f]{64})  (.+)/).map { (String($0.2), String($0.1)) }
    }
  }

  private func write(_ hashes: [(name: String, hash: String)]) throws {
    let lines = hashes.map { "\($0.hash)  \($0.name)\n" }.joined()
    try AtomicFile.write(Data(lines.utf8), to: file)
  }

  private static func hash(_ data: Data) throws -> String {
    let hash = SHA256()
    hash.update([UInt8](data))
    return try hash.finished()
  }
}
