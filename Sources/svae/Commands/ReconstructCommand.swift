import ArgumentParser

struct ReconstructCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconstruct",
    abstract: "Encode patches and decode them again.",
    discussion: "Writes patches as the model sees them, [patches, height, width].")

  @Flag(help: "The patches are whitened and scaled already, as the training data was.")
  var treated = false

  @OptionGroup var stream: StreamOptions

  func run() throws {
    try stream.run("patches") { run, arrays, team in
      try run.reconstruct(arrays, treated: treated, team: team)
    }
  }
}
