import Foundation
import Synchronization
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The built command, run as its users run it.
enum SvaeCommand {
  /// What a command left behind.
  struct Result {
    var status: Int32
    var output: String
    var messages: String
  }

  /// `svae`, in the folder where this test's resources were built.
  static var executable: URL {
    Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "svae")
  }

  /// A model that trains in a fraction of a second.
  static let small = [
    SmallPictures.file.path, "--latents", "16", "--patch-size", "8", "--patches", "1000", "--trunk",
    "32", "--epochs", "2", "--threads", "1",
  ]

  /// Runs `svae` with `arguments` in `folder` and waits for its end.
  ///
  /// - Parameters:
  ///   - prelude: shell commands that set limits first, such as `ulimit -f 8`.
  ///   - shell: whether `arguments` are the shell's instead, for pipes.
  ///   - whileRunning: called with the process once it runs.
  static func run(
    _ arguments: [String], in folder: URL, prelude: String? = nil, shell: Bool = false,
    whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Result {
    let process = Process()
    if shell {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = arguments
    } else if let prelude {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(prelude); exec \"$0\" \"$@\"", executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    var environment = ProcessInfo.processInfo.environment
    // The width to which help is wrapped.
    environment["COLUMNS"] = "80"
    process.environment = environment
    process.currentDirectoryURL = folder
    let files = try (0..<2).map { _ in
      let file = FileManager.default.temporaryDirectory.appending(path: "svae-\(UUID().uuidString)")
      try Data().write(to: file)
      return file
    }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try whileRunning(process)
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    let status = process.terminationStatus
    // As a shell tells of a process that a signal ended.
    return Result(
      status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
      output: texts[0], messages: texts[1])
  }
}

/// Every path below a folder.
func paths(below folder: URL) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
}
