import ArgumentParser

struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turn latents back into patches.",
    discussion: "Reads codes, one a row, and writes patches, [codes, height, width].")

  @Flag(help: "Take the patches back toward the images' own units, as far as the whitening allows.")
  var restored = false

  @OptionGroup var stream: StreamOptions

  func run() throws {
    try stream.run("codes") { run, arrays, _ in try run.decode(arrays, restored: restored) }
  }
}
