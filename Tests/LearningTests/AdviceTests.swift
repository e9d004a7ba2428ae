import Foundation
import TestSupport
import Testing

@testable import Learning

/// What errors and endings tell to do next.
@Suite struct AdviceTests {
  @Test func `paths in commands are one word of a shell's`() {
    #expect(URL(filePath: "../runs/photos-1").shellPath == "../runs/photos-1")
    #expect(URL(filePath: "/data/ö/a").shellPath == "/data/ö/a")
    #expect(URL(filePath: "a b/c").shellPath == "'a b/c'")
    #expect(URL(filePath: "it's $1").shellPath == "'it'\\''s $1'")
  }

  @Test func `what lies within a run is not taken for one, and the run is named`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      for inner in [made.checkpoints, made.configurationFile] {
        let error = #expect(throws: RunError.self) { try RunFolder(existing: inner) }
        #expect(error?.description.hasSuffix("it belongs to the run \(made.url.path)") == true)
      }
    }
  }

  @Test func `a run with another program's metrics_csv is left as it was`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      try Data("a;b\n".utf8).write(to: made.metricsFile)
      let before = try Data(contentsOf: made.configurationFile)
      var longer = SmallRun()
      longer.configuration = try made.configuration()
      longer.configuration.training.epochs += 1
      let error = #expect(throws: RunError.self) {
        _ = try Run(
          resuming: made, longer.configuration, data: longer.data(team: .init(count: 1)),
          team: .init(count: 1))
      }
      #expect(error?.description.contains("metrics.csv: has other columns") == true)
      #expect(made.isFinished)
      #expect(try Data(contentsOf: made.configurationFile) == before)
    }
  }

  @Test func `where no checkpoint is whole, it is said what is left to do`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"), stopAfter: 8)
      for file in Checkpoint.files(in: made) {
        try Data(contentsOf: file).dropLast(1).write(to: file)
      }
      let error = #expect(throws: RunError.self) { try SmallRun().resume(made) }
      let text = error?.description ?? ""
      #expect(text.contains("step-00000008.safetensors: is damaged: its contents do not match"))
      #expect(text.contains("; the 1 before it are no better; copy the folder from where it is"))
      #expect(text.hasSuffix("a/config.yaml"))
    }
  }
}
