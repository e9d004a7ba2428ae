import Compute
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Learning

/// Starts that were broken off, runs that go on, runs that are longer, runs that are finished.
@Suite(.serialized) struct ResumingTests {
  /// What starts leave behind that are killed, or for which the disk was full.
  static let halfMade = [
    [], ["checkpoints/"], [".config.yaml.0123ABCD"],
    ["checkpoints/", ".config.yaml.0123ABCD"],
  ]

  @Test(arguments: halfMade) func `a start that was broken off is not in the way of another`(
    _ paths: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for path in paths { try Self.make(path, in: url) }
      let error = #expect(throws: RunError.self) { _ = try RunFolder(existing: url) }
      #expect(error?.description.contains("start with --out") == true)
      let made = try SmallRun().train(at: url, stopAfter: 2)
      try SmallRun().resume(made)
      #expect(made.isFinished)
      #expect(try Self.names(in: folder) == ["run"])
    }
  }

  @Test func `what an earlier start left beside is removed, and no run is`() throws {
    try withTemporaryFolder { folder in
      for (name, file) in [
        (".run.0123ABCD", "config.yaml"), (".run.4567ABCD", "model.safetensors"),
        (".other.0123ABCD", "config.yaml"), (".run.89ABCDEF", "config.yaml"),
      ] {
        try Self.make("\(name)/checkpoints/", in: folder)
        try Self.make("\(name)/\(file)", in: folder)
        guard name != ".run.89ABCDEF" else { continue }
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -7200)],
          ofItemAtPath: folder.appending(path: name).path)
      }
      _ = try RunFolder.create(at: folder.appending(path: "run"), SparseVAEConfiguration())
      #expect(
        try Self.names(in: folder).sorted() == [
          ".other.0123ABCD", ".run.4567ABCD", ".run.89ABCDEF", "run",
        ])
    }
  }

  @Test func `of many that make the same folder at once, one does`() throws {
    try withTemporaryFolder { folder in
      let made = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let url = folder.appending(path: "run")
        if (try? RunFolder.create(at: url, SparseVAEConfiguration())) != nil {
          made.add(1, ordering: .relaxed)
        }
      }
      #expect(made.load(ordering: .relaxed) == 1)
      let names = try Self.names(in: folder)
      #expect(names == ["run"])
    }
  }

  @Test func `a run that is being trained cannot be resumed, but once it has stopped`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 2)
      let holder = try run.resuming(made)
      let error = #expect(throws: RunError.self) { _ = try run.resuming(made) }
      #expect(error?.description.contains("a: is being trained by another process; ") == true)
      _ = try holder.run()
      try run.resume(made)
    }
  }

  @Test func `a run does not go on with other settings than it began with`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 2)
      let text = try String(contentsOf: made.configurationFile, encoding: .utf8)
      for (old, new, words) in [
        ("learningRate: 0.003", "learningRate: 0.004", "training.learningRate is 0.004, was 0.003"),
        ("constraint: unit-norm", "constraint: none", "model.constraint is none, was unit-norm"),
        ("prior: laplace", "prior: cauchy", "model.prior is cauchy, was laplace"),
        ("border: 2", "border: 3", "data.border is 3, was 2"),
      ] {
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        try changed.write(to: made.configurationFile, atomically: true, encoding: .utf8)
        let before = try RunFolderTests.contents(of: folder)
        let message = #expect(throws: RunError.self) { try run.resume(made) }?.description ?? ""
        #expect(message.contains("config.yaml: was changed since the run started: \(words)"))
        #expect(message.contains("; undo this to resume, or start a new run"), "\(message)")
        #expect(try RunFolderTests.contents(of: folder) == before)
      }
      // Comments and the place of the data are no settings.
      try ("# mine\n" + text).replacing("source: null", with: "source: elsewhere")
        .write(to: made.configurationFile, atomically: true, encoding: .utf8)
      try run.resume(made)
      #expect(made.isFinished)
    }
  }

  @Test func `a run from before checkpoints held settings goes on`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"), stopAfter: 2)
      try TrainingRunTests.forgetConfigurations(of: made)
      try SmallRun().resume(made)
      #expect(made.isFinished)
    }
  }

  @Test func `a finished run that is resumed changes no file`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      let before = try RunFolderTests.contents(of: folder)
      try SmallRun().resume(made)
      #expect(try RunFolderTests.contents(of: folder) == before)
    }
  }

  @Test func `a longer run goes on from its checkpoint, wherever that is broken off`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let team = ThreadTeam(count: 1)
      for name in ["finished", "stopped"] {
        let made = try run.train(
          at: folder.appending(path: name), stopAfter: name == "stopped" ? 8 : .max)
        var longer = try made.configuration(of: SparseVAEConfiguration.self)
        longer.training.epochs = 5
        // As far as the configuration, and no further.
        try made.extend(to: longer)
        #expect(!made.isFinished)
        _ = try Run(
          resuming: made, longer, data: run.data(team: team), team: team
        ).run(SmallRun.stop(after: 25))
        #expect(!made.isFinished)
        try run.resume(made)
        #expect(made.isFinished)
        #expect(try made.configuration(of: SparseVAEConfiguration.self).training.epochs == 5)
        #expect(try timeless(made.metricsFile).count == 6)
      }
    }
  }

  @Test func `the hashes of a finished run's files are sha256sum's`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      let team = ThreadTeam(count: 1)
      let record = try RunRecord.measured(
        TrainedRun<SparseVAEConfiguration>(made), on: SmallRun().data(team: team), team: team)
      let check = Process()
      check.executableURL = URL(filePath: "/usr/bin/env")
      check.arguments = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
      check.currentDirectoryURL = made.url
      try check.run()
      check.waitUntilExit()
      #expect(check.terminationStatus == 0)
      let sums = try String(
        contentsOf: made.url.appending(path: "SHA256SUMS"), encoding: .utf8)
      #expect(sums.split(separator: "\n").count == 7)

      // A measurement that is not what was written does not count.
      #expect(RunRecord(in: made) == record)
      let text = try String(contentsOf: made.recordFile, encoding: .utf8)
      try text.replacing("\"seconds\":", with: "\"seconds\":1").write(
        to: made.recordFile, atomically: true, encoding: .utf8)
      #expect(RunRecord(in: made) == nil)
    }
  }

  @Test func `a model is not used with other settings than it was trained with`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      let text = try String(contentsOf: made.configurationFile, encoding: .utf8)
      for (old, new, words) in [
        ("prior: laplace", "prior: cauchy", "model.prior is cauchy, was laplace"),
        ("border: 2", "border: 3", nil), ("epochs: 3", "epochs: 9", nil),
      ] as [(String, String, String?)] {
        try text.replacing(old, with: new)
          .write(to: made.configurationFile, atomically: true, encoding: .utf8)
        guard let words else {
          _ = try made.finishedRun()
          continue
        }
        let error = #expect(throws: RunError.self) { _ = try made.finishedRun() }
        #expect(
          error?.description.contains("was changed since the model was trained: \(words)") == true)
      }
    }
  }

  @Test func `what killed writers left is removed, what is being written is not`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"), stopAfter: 2)
      let stray = ["checkpoints/.step-00000001.safetensors.0123ABCD", ".metrics.csv.0123ABCD"]
      for path in stray + [".mine"] { try Self.make(path, in: made.url) }
      var file = try AtomicFile(for: made.url.appending(path: "report.html"))
      try SmallRun().resume(made)
      try file.write(Data("page".utf8))
      try file.commit()
      let paths = try FileManager.default.subpathsOfDirectory(atPath: made.url.path)
      #expect(paths.filter { TemporaryName.matches(($0 as NSString).lastPathComponent) } == [])
      #expect(paths.contains(".mine") && paths.contains("report.html"))
    }
  }

  static func make(_ path: String, in folder: URL) throws {
    let url = folder.appending(path: path)
    if path.hasSuffix("/") {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } else {
      try Data("x".utf8).write(to: url)
    }
  }

  static func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }
}
