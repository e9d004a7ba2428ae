import ArgumentParser
import Foundation
import Runs

/// Shows a run as it learns: a bar, a line for each row of its table, and at the end what came of it
/// or how to go on.
struct LearningDisplay {
  let console: Console
  let bar: ProgressBar
  /// The command that goes on with a stopped run: "svae train".
  let command: String

  /// - Parameters:
  ///   - header: heads the rows.
  ///   - learn: told what to call after each step, which says whether to go on, and with each row;
  ///     gives what came of the run in one line, nil where it was stopped.
  /// - Throws: `ExitCode` where the run was stopped.
  func show(
    _ folder: RunFolder, header: String,
    _ learn: (
      _ step: @escaping (_ done: Int, _ of: Int) -> Bool, _ row: @escaping (String) -> Void
    ) throws -> String?
  ) throws {
    Interrupt.watch()
    console.say(header)
    defer { bar.clear() }
    let result = try learn(
      { done, total in
        bar.update(done, of: total)
        return !Interrupt.isRequested
      },
      { row in
        bar.clear()
        console.say(row)
      })
    bar.clear()
    guard let result else {
      console.warn(
        "stopped; a checkpoint is saved. Go on with: \(command) --resume \(folder.url.relativePath)")
      throw ExitCode(Interrupt.exitCode)
    }
    console.say("")
    print(result)
    console.say("filters  \(folder.filtersPicture.relativePath)")
    console.say("curves   \(folder.curvesPicture.relativePath)")
    console.say("model    \(folder.modelFile.relativePath)")
  }
}
