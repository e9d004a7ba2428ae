import Foundation
import TestSupport
import Testing

@Suite struct HelpTests {
  /// To renew: `COLUMNS=80 .build/release/svae train --help > Tests/CommandTests/Reference/train-help.txt`
  @Test(arguments: [
    "train", "encode", "compare", "reproduce", "sparse-code train", "sparse-code encode",
  ])
  func `the help of each command is this text`(command: String) throws {
    try withTemporaryFolder { folder in
      let words = command.split(separator: " ").map(String.init)
      let result = try SvaeCommand.run(words + ["--help"], in: folder)
      let reference = try #require(Bundle.module.resourceURL)
        .appending(path: "Reference/\(words.joined(separator: "-"))-help.txt")
      #expect(result.output == (try String(contentsOf: reference, encoding: .utf8)))
      #expect(result.status == 0 && result.messages.isEmpty)
    }
  }

  @Test func `every command has help, and help names every command`() throws {
    try withTemporaryFolder { folder in
      let help = try SvaeCommand.run(["--help"], in: folder)
      #expect(help.status == 0)
      for command in ["train", "evaluate", "filters", "data"] {
        #expect(help.output.contains("\n  \(command) "), "\(help.output)")
        let own = try SvaeCommand.run([command, "--help"], in: folder)
        #expect(own.status == 0 && own.output.contains("USAGE: svae \(command) "))
        // No option without a word about it.
        for line in own.output.split(separator: "\n") where line.hasPrefix("  -") {
          let words = line.split(separator: " ")
          #expect(words.count > 1 || line.count > 24, "\(line)")
        }
      }
      #expect(try SvaeCommand.run(["--version"], in: folder).output.hasPrefix("0."))
    }
  }
}
