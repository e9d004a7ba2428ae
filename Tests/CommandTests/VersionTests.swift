import Foundation
import TestSupport
import Testing

/// One version: the command's, the citation's and the changelog's.
@Suite struct VersionTests {
  private let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL

  @Test func `the command, CITATION_cff and CHANGELOG_md name the same version`() throws {
    let output = try SvaeCommand.run(["--version"], in: checkout).output
    let version = try #require(output.split(separator: "\n").first)
    #expect(version.split(separator: ".").compactMap { Int($0) }.count == 3, "\(version)")
    for part in ["instructions", "BLAS", "Swift", "system"] {
      #expect(output.contains("\n\(part) "), "\(output)")
    }
    #expect(try first(in: "CITATION.cff", after: "version: ") == version)
    #expect(try first(in: "CHANGELOG.md", after: "## [", before: "]", but: "Unreleased") == version)
  }

  /// What stands between `start` and `end` (or the line's end) on the first line that has it.
  private func first(
    in name: String, after start: String, before end: Character = "\n", but exception: String = ""
  ) throws -> Substring {
    let text = try String(contentsOf: checkout.appending(path: name), encoding: .utf8)
    let words = text.split(separator: "\n").filter { $0.hasPrefix(start) }
      .map { $0.dropFirst(start.count).prefix { $0 != end } }
    return try #require(words.first { $0 != exception }, "\(name) has no line \(start)…")
  }
}
