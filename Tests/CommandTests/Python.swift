import Foundation
import TestSupport
import Testing

/// The Python interpreter that snippets are run by: `SVAE_PYTHON`, or `python3`.
enum Python {
  private static let command =
    ProcessInfo.processInfo.environment["SVAE_PYTHON"] ?? "python3"

  /// What a test needs that imports all of `modules`.
  static func needs(_ modules: String...) -> some TestTrait {
    let code = "from importlib.util import find_spec; assert all(map(find_spec, \(modules)))"
    return ConditionTrait.needs(
      "python3 (or the interpreter that SVAE_PYTHON names) with \(modules.formatted())",
      isThere: (try? run(code, in: FileManager.default.temporaryDirectory))?.status == 0)
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
