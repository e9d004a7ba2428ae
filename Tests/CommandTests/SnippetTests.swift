import Foundation
import TestSupport
import Testing

/// The programs in Snippets/ are built with the tests; they also do what they say.
@Suite struct SnippetTests {
  static let snippets = [
    ("Train", "the filters: 64 × 64"), ("Encode", "the codes explain "),
    ("CustomPrior", "p is logistic, of scale 0.05"),
    ("CustomConstraint", "the smallest weight is 0.0"),
    ("CustomSparseCoding", " patches converged; largest relative gap 0.00"),
    ("CustomMethod", "the report has explained variance: true"),
    ("OwnData", "−ELBO "),
  ]

  @Test(arguments: snippets) func `a snippet runs to its end`(
    _ name: String, _ line: String
  ) throws {
    let folder = SvaeCommand.executable.deletingLastPathComponent()
    let executable = folder.appending(path: name)
    try #require(
      FileManager.default.isExecutableFile(atPath: executable.path), "\(name) is not built")
    let process = Process()
    process.executableURL = executable
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(text.contains(line), "\(text)")
  }
}
