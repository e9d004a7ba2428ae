import Foundation
import Synchronization
import Testing

/// Runs that tests only read: each is trained once for all of them.
enum SharedRuns {
  private static let trained = Mutex<[[String]: URL]>([:])

  /// Where they lie until the tests end.
  private static let home: Result<URL, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "svae-runs-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: SharedRuns.home.get()) }
    return folder
  }

  /// Puts the run that `svae train` makes of `arguments` into `folder`, as `name`.
  static func put(
    _ name: String, of arguments: [String] = SvaeCommand.small, in folder: URL
  ) throws {
    let run = try trained.withLock { trained in
      if let run = trained[arguments] { return run }
      let home = try home.get()
      let run = home.appending(path: "\(trained.count)")
      let result = try SvaeCommand.run(["train", "-q", "--out", run.path] + arguments, in: home)
      try #require(result.status == 0, "\(result.messages)")
      trained[arguments] = run
      return run
    }
    let copy = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: run, to: copy)
  }
}
