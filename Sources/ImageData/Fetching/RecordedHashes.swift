import Foundation

/// SHA-256 of a data set's files as they first came, for those whose publishers state none: the
/// file SHA256SUMS beside them, which `sha256sum -c` understands.
struct RecordedHashes {
  static let name = "SHA256SUMS"

  private let file: URL
  private var hashes: [(name: String, hash: String)] = []

  /// - Throws: where the folder's file cannot be read or is none of this form.
  init(in folder: URL) throws(ImageDataError) {
    file = folder.appending(path: Self.name)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw ImageDataError(file: file, "cannot be read", remedy: "expected lines of HASH  NAME")
    }
    for (number, line) in text.split(separator: "\n").enumerated() {
      guard let match = line.wholeMatch(of: /([0-9A-Fa-f]{64}) [ *](.+)/) else {
        throw ImageDataError(
          file: file, "line \(number + 1) is not a hash and a name",
          remedy: "remove the file, and it will be made again")
      }
      hashes.append((String(match.2), match.1.lowercased()))
    }
  }

  func hash(of name: String) -> String? { hashes.last { $0.name == name }?.hash }

  /// Adds a file's hash.
  mutating func record(_ hash: String, of name: String) throws(ImageDataError) {
    hashes.append((name, hash))
    let lines = hashes.map { "\($0.hash)  \($0.name)\n" }.joined()
    try OutputFile.write(Data(lines.utf8), to: file)
  }
}
