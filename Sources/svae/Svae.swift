import ArgumentParser
import Compute
import Files
import Foundation
import ImageData
import Learning
import Settings

@main
struct Svae: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svae",
    abstract: "Learns sparse generative models of images.",
    discussion: """
      svae train photos/            trains a sparse coding VAE on a folder of photographs
      svae train                    the same on generated images: nothing is needed
      svae evaluate runs/photos-1   measures it on held-out patches
      """,
    version: versionText,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, FiltersCommand.self, DataCommand.self,
      EncodeCommand.self, DecodeCommand.self, ReconstructCommand.self, SampleCommand.self,
      DenoiseCommand.self, ExportCommand.self, ImportCommand.self,
      ReportCommand.self, CompareCommand.self, ReproduceCommand.self, SparseCodeCommand.self,
      SettingsCommand.self, ReadMATLAB73Command.self,
    ])

  /// The version alone on its first line; below it, what results and reports of faults depend on.
  private static var versionText: String {
    // Every start of the command asks.
    guard CommandLine.arguments.contains("--version") else { return Software.version }
    return """
      \(Software.version)
      commit        \(Software.commit ?? "unknown: not built by make")
      instructions  \(InstructionSet.current)
      BLAS          \(LinearAlgebra.library)
      Swift         \(Software.compiler)
      system        \(ProcessInfo.processInfo.operatingSystemVersionString)
      """
  }

  static func main() {
    // Whatever it is called, and wherever it lies.
    MATLAB.reader = Bundle.main.executableURL
    Console.secure()
    DataNotice.receive { Console(isQuiet: false).warn("note: \($0)") }
    let arguments = SystemPath.arguments()
    if let mistake = misspelled(arguments) {
      exit(withError: mistake)
    }
    let folder = SystemPath.workingFolder
    guard SystemPath.isText(folder) else {
      exit(
        withError: ImageDataError(
          "\(folder): is not UTF-8, as the path must be of the folder in which svae is started",
          remedy: "start it in another folder and name this one's files from there"))
    }
    do {
      do {
        var command = try parseAsRoot(arguments)
        try command.run()
      } catch  where exitCode(for: error) == .success {
        // Help, say.
        let text = fullMessage(for: error)
        if !text.isEmpty { print(text) }
      }
      try Console.flush()
    } catch {
      exit(withError: error)
    }
  }

  /// What is wrong with the words that name a command, where one was probably meant; nil where
  /// nothing is, or nothing is near.
  private static func misspelled(_ arguments: [String]) -> ValidationError? {
    var command: any ParsableCommand.Type = Svae.self
    var path = "svae"
    // Help takes the words of a command too.
    let asksForHelp = arguments.first == "help"
    for word in asksForHelp ? arguments.dropFirst() : arguments[...] {
      let children = command.configuration.subcommands
      let isHelp = word == "help" && path == "svae"
      if word.hasPrefix("-") || isHelp || children.isEmpty { return nil }
      if let child = children.first(where: { $0.configuration.commandName == word }) {
        command = child
        path += " \(word)"
        continue
      }
      var names = children.compactMap { child in
        child.configuration.shouldDisplay ? child.configuration.commandName : nil
      }
      if path == "svae" { names.append("help") }
      let begun = names.filter { $0.hasPrefix(word) && word.count > 1 }
      guard let name = begun.count == 1 ? begun[0] : names.nearest(to: word) else {
        return asksForHelp ? ValidationError("Unknown command '\(word)'.") : nil
      }
      // Where there is a usual command, the word may also be its argument.
      let isArgument =
        command.configuration.defaultSubcommand != nil
        && (word.contains { "./".contains($0) } || FileManager.default.fileExists(atPath: word))
      return isArgument
        ? nil : ValidationError("Unknown command '\(word)'. Did you mean '\(path) \(name)'?")
    }
    return nil
  }
}
