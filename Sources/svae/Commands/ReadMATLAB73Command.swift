import ArgumentParser
import Foundation
import ImageData

/// Reads a MATLAB 7.3 file for another process, which a damaged file must not crash.
struct ReadMATLAB73Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-mat73",
    abstract: "Sends what a MATLAB 7.3 file holds to the process that asks.", shouldDisplay: false)

  @Flag(help: "Sends the numbers too.")
  var numbers = false

  @Argument(help: "The file.")
  var file: String

  @Argument(help: "The name of the array.")
  var variable: String?

  func run() throws {
    let isRead = MATLAB73Sender.send(
      file, variable: variable, withNumbers: numbers,
      to: FileHandle.standardOutput.fileDescriptor)
    if !isRead { throw ExitCode.failure }
  }
}
