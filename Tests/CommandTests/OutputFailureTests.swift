import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Terminals that close, logs that fill up, readers that go, and files that go while they are read.
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

  /// A run that is sent a signal after its first checkpoint.
  private func train(
    epochs: Int, in folder: URL, prelude: String? = nil, thenSend signal: Int32
  ) throws -> SvaeCommand.Result {
    try SvaeCommand.run(
      ["train"] + SvaeCommand.small + ["--epochs", "\(epochs)", "--out", "a"], in: folder,
      prelude: prelude
    ) { process in
      try waitForCheckpoint(in: folder.appending(path: "a"), of: process)
      kill(process.processIdentifier, signal)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP]) func `a run that is told to end saves a checkpoint`(
    _ signal: Int32
  ) throws {
    try withTemporaryFolder { folder in
      let result = try train(epochs: 400, in: folder, thenSend: signal)
      #expect(result.status == 128 + signal, "\(result.messages)")
      #expect(result.messages.contains("a checkpoint is saved"), "\(result.messages)")
    }
  }

  /// Nobody takes the codes at first, so that patches are left to be read when the file shrinks.
  @Test func `a file that is cut short while it is read ends the command with a message`() throws {
    try withTemporaryFolder { folder in
      let trained = try SvaeCommand.run(
        ["train"] + SvaeCommand.small + ["--out", "a"], in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      let (rows, pixels) = (100_000, 64)
      let row = (0..<pixels).map { Float(1.4 * sin(Double($0 * $0))) }
      let patch = row.withUnsafeBytes { Data($0) }
      let shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(pixels)), }"
      let header = shape.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
      var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
      file += Data(header.utf8)
      for _ in 0..<rows { file += patch }
      try file.write(to: folder.appending(path: "x.npy"))
      let svae = SvaeCommand.executable.path
      let result = try SvaeCommand.run(
        [
          "-c",
          "(\(svae) encode a --treated --input x.npy --out - --quiet; echo $? >status) | "
            + "{ head -c 1 >/dev/null; : >x.npy; cat >/dev/null; }",
        ], in: folder, shell: true)
      #expect(result.messages.contains("x.npy: ends in row "), "\(result.messages)")
      let status = try String(contentsOf: folder.appending(path: "status"), encoding: .utf8)
      #expect(status == "1\n", "\(result.messages)")
    }
  }

  /// What the system sends where a file that is mapped was cut short.
  @Test func `a mapped file that is cut short ends the command with a message`() throws {
    try withTemporaryFolder { folder in
      let result = try train(epochs: 400, in: folder, thenSend: SIGBUS)
      #expect(result.status == 1, "\(result.messages)")
      #expect(result.messages.contains("a file was cut short by another program while it was read"))
    }
  }

  @Test func `a hangup that is ignored ends nothing`() throws {
    try withTemporaryFolder { folder in
      let result = try train(
        epochs: 30, in: folder, prelude: "trap '' HUP", thenSend: SIGHUP)
      #expect(result.status == 0, "\(result.messages)")
    }
  }
}
