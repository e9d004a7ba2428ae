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
    for part in ["commit", "instructions", "BLAS", "Swift", "system"] {
      #expect(output.contains("\n\(part) "), "\(output)")
    }
    #expect(try first(in: "CITATION.cff", after: "version: ") == version)
    #expect(try first(in: "CHANGELOG.md", after: "## [", before: "]", but: "Unreleased") == version)
  }

  @Test func `the commit is a checkout's own, and says where files were changed`() throws {
    try withTemporaryFolder { folder in
      let copy = folder.appending(path: "a/Scripts/commit")
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: checkout.appending(path: "Scripts/commit"), to: copy)
      func sh(_ text: String) throws -> String {
        let git = "git -c user.name=a -c user.email=a -c init.defaultBranch=main"
        let result = try SvaeCommand.run(
          ["-c", text.replacing("git", with: git)], in: folder, shell: true)
        #expect(result.status == 0, "\(result.messages)")
        return result.output
      }
      // An archive that lies within another checkout has no commit.
      #expect(try sh("git init -q . && git commit -q --allow-empty -m a && a/Scripts/commit") == "")
      let clean = try sh(
        "cd a && git init -q . && git add . && git commit -q -m b && Scripts/commit")
      #expect(clean.wholeMatch(of: /[0-9a-f]{12}\n/) != nil, "\(clean)")
      #expect(try sh("touch a/new && a/Scripts/commit") == clean)
      #expect(
        try sh("echo >> a/Scripts/commit && a/Scripts/commit") == clean.dropLast() + "-dirty\n")
    }
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
