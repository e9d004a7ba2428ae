import ArgumentParser

struct SparseCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparse-code",
    abstract: "Classical sparse coding: learn a dictionary, and find codes with it.",
    discussion: """
      svae sparse-code train photos/ --out runs/dictionary
      svae sparse-code encode runs/dictionary --input x.npy --out z.npy

      A dictionary's folder can be given to svae evaluate and svae filters too.
      """,
    subcommands: [SparseCodeTrainCommand.self, SparseCodeEncodeCommand.self])
}
