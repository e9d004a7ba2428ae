import Foundation
import Testing

/// The Python interpreter that snippets are run by: `SVAE_PYTHON`, or `python3`.
enum Python {
  private static let command =
    ProcessInfo.processInfo.environment["SVAE_PYTHON"] ?? "python3"

  /// Whether there is an interpreter that can import all of `modules`.
  static func has(_ modules: String...) -> Bool {
    let code = modules.map { "import \($0)" }.joined(separator: "; ")
    return (try? run(code, in: FileManager.default.temporaryDirectory))?.status == 0
  }

  /// Why a snippet was skipped.
  static func reason(_ modules: String) -> Comment {
    "needs python3 (or the interpreter that SVAE_PYTHON names) with \(modules)"
  }

  /// Runs `code` in `folder`.
  static func run(_ code: String, in folder: URL) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command, "-c", code]
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
