import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at data before training; fetch published data sets.",
    discussion: """
      svae data photos/       checks the folder; the same as svae data check photos/
      svae data list          names the data sets that can be fetched
      svae data fetch mnist   brings one into data/mnist
      svae data patches RUN   writes the patches of a run
      """,
    subcommands: [
      DataCheckCommand.self, DataFetchCommand.self, DataListCommand.self, DataPatchesCommand.self,
    ],
    defaultSubcommand: DataCheckCommand.self)
}
