import Compute
import Foundation
import ImageData
import TestSupport
import Testing

@testable import Learning

@Suite struct RunFolderTests {
  @Test func `nothing is ever overwritten`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data("x".utf8).write(to: file)
      let full = folder.appending(path: "full")
      try FileManager.default.createDirectory(at: full, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: full.appending(path: ".hidden"))
      let run = folder.appending(path: "run")
      _ = try RunFolder.create(at: run, SparseVAEConfiguration())
      let before = try Self.contents(of: folder)
      for (url, problem) in [
        (file, "is a file"), (full, "exists but is not a run folder"), (run, "holds a run already"),
      ] {
        for attempt in [
          { try RunFolder.checkIsFree(url) },
          { _ = try RunFolder.create(at: url, SparseVAEConfiguration()) },
          { try SmallRun().train(at: url) },
        ] {
          let error = #expect(throws: RunError.self) { try attempt() }
          #expect(error?.description.contains("\(url.relativePath): \(problem)") == true)
          #expect(error?.description.contains("--out") == true)
        }
      }
      #expect(try Self.contents(of: folder) == before)
    }
  }

  @Test func `a new folder and an empty one may be used, parents are made`() throws {
    try withTemporaryFolder { folder in
      let empty = folder.appending(path: "empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      for url in [empty, folder.appending(path: "a/b/c")] {
        let made = try RunFolder.create(at: url, SparseVAEConfiguration())
        #expect(
          try RunFolder(existing: url).configuration(of: SparseVAEConfiguration.self)
            == SparseVAEConfiguration())
        #expect(FileManager.default.fileExists(atPath: made.checkpoints.path))
      }
    }
  }

  @Test func `a folder that is not a run folder is named`() throws {
    try withTemporaryFolder { folder in
      let none = #expect(throws: RunError.self) {
        _ = try RunFolder(existing: folder.appending(path: "none"))
      }
      #expect(
        none?.description.hasSuffix("none: no such folder; expected the folder of a run") == true)
      let other = #expect(throws: RunError.self) { _ = try RunFolder(existing: folder) }
      #expect(other?.description.contains("is not a run folder (no config.yaml)") == true)
    }
  }

  @Test func `runs are named for their data`() throws {
    let photographs = [URL(filePath: "/x/My photos/a.jpg"), URL(filePath: "/x/My photos/b.jpg")]
    for (source, name) in [
      (SmallRun.source, "runs/dead-leaves-1"),
      (.photographs(photographs, folder: URL(filePath: "/x/My photos")), "runs/my-photos-1"),
      (.photographs([photographs[0]], folder: URL(filePath: "/x/My photos")), "runs/a-1"),
    ] as [(DataSource, String)] {
      #expect(RunFolder.freeName(for: source) == name)
    }
  }

  /// Every path below a folder, and every file's bytes.
  static func contents(of folder: URL) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      contents[path] =
        FileManager.default.contents(atPath: folder.appending(path: path).path) ?? Data()
    }
    return contents
  }
}

@Suite struct MetricsTableTests {
  @Test func `a clock that began at zero in each session goes on`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "metrics.csv")
      try Data("epoch,seconds\n1,5\n2,10.5\n3,4\n4,6\n5,1\n".utf8).write(to: file)
      let table = try MetricsTable(contentsOf: file, columns: ["epoch", "seconds"])
      #expect(table["seconds"] == [5, 10.5, 14.5, 16.5, 17.5])
      #expect(table.trainingSeconds == 17.5)
    }
  }
}
