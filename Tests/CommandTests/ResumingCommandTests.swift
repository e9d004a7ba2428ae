import Foundation
import TestSupport
import Testing

/// Several jobs at once, and runs that are resumed when they should not be.
@Suite(.serialized) struct ResumingCommandTests {
  @Test func `jobs that start at once have their own names`() throws {
    try withTemporaryFolder { folder in
      let arguments = ["train", "-q"] + SvaeCommand.small.dropFirst()
      func start(_ count: Int) throws {
        let result = try SvaeCommand.run(arguments, in: folder) { _ in
          if count > 1 { try start(count - 1) }
        }
        #expect(result.status == 0, "\(result.messages)")
      }
      try start(3)
      #expect(
        try FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: "runs").path
        ).sorted() == (1...3).map { "dead-leaves-\($0)" })
    }
  }

  @Test func `a run in training is not resumed by another process`() throws {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        ["train"] + SvaeCommand.small + ["--epochs", "4000", "--out", "a"], in: folder
      ) { process in
        try waitForCheckpoint(in: folder.appending(path: "a"), of: process)
        let second = try SvaeCommand.run(["train", "--resume", "a"], in: folder)
        #expect(second.status == 1)
        #expect(
          second.messages.contains("Error: a: is being trained by another process; "),
          "\(second.messages)")
        // Nothing to release: the lock goes with the process.
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(result.status == 128 + SIGKILL)
      let edited = try SvaeCommand.run(
        [
          "-c",
          "sed -i.bak 's/epochs: 4000/epochs: 4001/' a/config.yaml; "
            + "exec \(SvaeCommand.executable.path) train --resume a",
        ], in: folder, shell: true)
      #expect(edited.status == 1)
      #expect(edited.messages.contains("training.epochs is 4001, was 4000; to train on, say so"))
    }
  }

  @Test func `a finished run says so, and is made longer where that is asked for`() throws {
    try withTemporaryFolder { folder in
      let made = try SvaeCommand.run(["train"] + SvaeCommand.small + ["--out", "a"], in: folder)
      #expect(made.status == 0)
      let environment = folder.appending(path: "a/environment.json")
      let before = try Data(contentsOf: environment)
      #expect(String(decoding: before, as: UTF8.self).contains("\"--epochs\""))
      let again = try SvaeCommand.run(["train", "--resume", "a"], in: folder)
      #expect(again.status == 0 && again.output.isEmpty)
      #expect(again.messages.contains("a is finished; nothing was changed"), "\(again.messages)")
      #expect(again.messages.contains("svae train --resume a --epochs NUMBER"))
      #expect(try Data(contentsOf: environment) == before)
      for wrong in [["--epochs", "1"], ["--epochs", "3", "--latents", "9"], ["--seed", "3"]] {
        let refused = try SvaeCommand.run(["train", "--resume", "a"] + wrong, in: folder)
        #expect(refused.status == 64, "\(wrong)")
        #expect(refused.messages.contains("cannot be changed, but for a larger training.epochs"))
      }
      let longer = try SvaeCommand.run(["train", "--resume", "a", "--epochs", "3"], in: folder)
      #expect(longer.status == 0, "\(longer.messages)")
      let rows = try String(contentsOf: folder.appending(path: "a/metrics.csv"), encoding: .utf8)
      #expect(rows.split(separator: "\n").count == 4)
    }
  }
}
