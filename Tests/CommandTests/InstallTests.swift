import Foundation
import TestSupport
import Testing

/// What `make install` puts where.
@Suite struct InstallTests {
  private let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Scripts/install").standardizedFileURL

  private func files(below folder: URL) throws -> [String] {
    try paths(below: folder).filter { path in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: folder.appending(path: path).path, isDirectory: &isFolder)
      return exists && !isFolder.boolValue
    }
  }

  @Test func `a command, its manual page and completions are installed, and removed`() throws {
    try withTemporaryFolder { folder in
      let prefix = folder.appending(path: "a prefix")
      func install(_ what: String) throws {
        let result = try SvaeCommand.run(
          ["-c", "'\(script.path)' '\(what)' '\(prefix.path)'"], in: folder, shell: true)
        #expect(result.status == 0, "\(result.messages)")
      }
      try install(SvaeCommand.executable.path)
      #expect(
        try files(below: prefix) == [
          "bin/svae", "share/bash-completion/completions/svae",
          "share/fish/vendor_completions.d/svae.fish", "share/man/man1/svae.1",
          "share/zsh/site-functions/_svae",
        ])
      let manual = try String(
        contentsOf: prefix.appending(path: "share/man/man1/svae.1"), encoding: .utf8)
      for part in [
        ".TH SVAE 1", ".SH SVAE TRAIN\n", ".SH SVAE SPARSE-CODE ENCODE\n", "\\-\\-init\\-from",
      ] {
        #expect(manual.contains(part), "\(part)")
      }
      // No line of help is taken for a request, such as .csv.
      let requests = manual.split(separator: "\n").filter { $0.hasPrefix(".") || $0.hasPrefix("'") }
      #expect(requests.allSatisfy { $0.wholeMatch(of: /\.(TH|SH|nf|fi)( .*)?/) != nil })
      let run = try SvaeCommand.run(
        ["-c", "'\(prefix.path)/bin/svae' --version"], in: folder, shell: true)
      #expect(run.status == 0)
      try install("--remove")
      #expect(try files(below: prefix).isEmpty)
    }
  }
}
