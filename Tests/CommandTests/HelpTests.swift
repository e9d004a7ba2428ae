import Foundation
import TestSupport
import Testing

/// The help of every command, against its text in Reference/Help.
///
/// To renew the texts: `SVAE_RENEW_HELP=1 swift test -c release -Xswiftc -enable-testing --filter
/// HelpTests`, which writes them and fails where one has changed; then read the diff.
@Suite struct HelpTests {
  /// `svae --experimental-dump-help`, as far as it is read here.
  private struct Tool: Decodable {
    struct Command: Decodable {
      var commandName: String
      var shouldDisplay: Bool?
      var subcommands: [Command]?
    }

    var command: Command
  }

  @Test func `the help of every command is its text, and every text is a command's`() throws {
    var names: Set<String> = []
    for command in try commands() {
      let result = try svae(command + ["--help"])
      #expect(result.status == 0 && result.messages.isEmpty, "\(command): \(result.messages)")
      let file = text(of: command)
      names.insert(file.lastPathComponent)
      #expect(
        result.output == (try? String(contentsOf: file, encoding: .utf8)), "\(command)")
      if ProcessInfo.processInfo.environment["SVAE_RENEW_HELP"] != nil {
        try Data(result.output.utf8).write(to: file)
      }
    }
    let folder = text(of: []).deletingLastPathComponent()
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == names)
  }

  @Test func `help names every command, says how it is used, and a word about every option`() throws
  {
    let all = try commands()
    for command in all {
      let help = try String(contentsOf: text(of: command), encoding: .utf8)
      let name = (["svae"] + command).joined(separator: " ")
      #expect(help.contains("USAGE: \(name)"), "\(name)")
      for line in help.split(separator: "\n") where line.hasPrefix("  -") {
        #expect(line.split(separator: " ").count > 1 || line.count > 24, "\(name): \(line)")
      }
      for child in all where child.count == command.count + 1 && child.starts(with: command) {
        #expect(help.contains("\n  \(child[command.count]) "), "\(name): \(child)")
      }
    }
  }

  /// The file that holds a command's help.
  private func text(of command: [String]) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Reference/Help/\((["svae"] + command).joined(separator: "-")).txt")
  }

  /// The words of every command that is not hidden: none for `svae` itself, then `train` and so on.
  private func commands() throws -> [[String]] {
    let dump = Data(try svae(["--experimental-dump-help"]).output.utf8)
    let all = words(of: try JSONDecoder().decode(Tool.self, from: dump).command)
    #expect(all.count > 20)
    return all
  }

  private func words(of command: Tool.Command) -> [[String]] {
    let children = (command.subcommands ?? []).filter { $0.shouldDisplay != false }
    return [[]]
      + children.filter { $0.commandName != "help" }.flatMap { child in
        words(of: child).map { [child.commandName] + $0 }
      }
  }

  private func svae(_ arguments: [String]) throws -> SvaeCommand.Result {
    try SvaeCommand.run(arguments, in: FileManager.default.temporaryDirectory)
  }
}
