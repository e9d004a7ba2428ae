import ArgumentParser

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Infer the latents of patches.",
    discussion: """
      Reads patches, one a row, and writes the means of their latents' posteriors, [patches, \
      latents]. Patches stream through: there may be any number.
      """)

  @Flag(help: "The patches are whitened and scaled already, as the training data was.")
  var treated = false

  @Flag(help: "Write the posteriors' log scales as well, after the means: [patches, 2·latents].")
  var logScales = false

  @OptionGroup var stream: StreamOptions

  func run() throws {
    try stream.run("patches") { run, arrays, team in
      try run.encode(arrays, treated: treated, logScales: logScales, team: team)
    }
  }
}
