import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Terminals that close, logs that fill up, readers that go.
@Suite(.serialized) struct OutputFailureTests {
  /// Where messages go, and what it takes to make such a place.
  static let places = [
    "2>/dev/full", "2>&-", "2> >(head -c 1 >/dev/null)", "0<&- 2>&-",
  ]

  @Test(arguments: places) func `a run whose messages go nowhere ends as others do`(
    _ place: String
  ) throws {
    try withTemporaryFolder { folder in
      let command = ([SvaeCommand.executable.path, "train"] + SvaeCommand.small + ["--out", "a"])
        .joined(separator: " ")
      let result = try SvaeCommand.run(
        ["-c", "exec bash -c '\(command) \(place)'"], in: folder, shell: true)
      #expect(result.status == 0)
      #expect(result.output.contains(" of 16 filters are active"))
      #expect(try paths(below: folder).contains("a/model.safetensors"))
    }
  }

  @Test(
    arguments: [">/dev/full", ">&-"],
    ["settings", "--help", "help train", "--version", "--generate-completion-script bash"])
  func `a result that cannot be written is an error`(_ place: String, _ words: String) throws {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        ["-c", "\(SvaeCommand.executable.path) \(words) \(place)"], in: folder, shell: true)
      #expect(result.status == 1)
      #expect(result.messages.contains("standard output cannot be written: "), "\(result)")
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP]) func `a run that is told to end saves a checkpoint`(
    _ signal: Int32
  ) throws {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        ["train"] + SvaeCommand.small + ["--epochs", "400", "--out", "a"], in: folder
      ) { process in
        try waitForCheckpoint(in: folder.appending(path: "a"), of: process)
        kill(process.processIdentifier, signal)
      }
      #expect(result.status == 128 + signal, "\(result.messages)")
      #expect(result.messages.contains("a checkpoint is saved"), "\(result.messages)")
    }
  }

  @Test func `a hangup that is ignored ends nothing`() throws {
    try withTemporaryFolder { folder in
      let result = try SvaeCommand.run(
        ["train"] + SvaeCommand.small + ["--epochs", "30", "--out", "a"], in: folder,
        prelude: "trap '' HUP"
      ) { process in
        try waitForCheckpoint(in: folder.appending(path: "a"), of: process)
        kill(process.processIdentifier, SIGHUP)
      }
      #expect(result.status == 0, "\(result.messages)")
    }
  }
}
