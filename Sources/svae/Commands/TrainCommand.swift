import ArgumentParser

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a sparse coding VAE on images.",
    discussion: """
      DATA is a folder of photographs, or a folder or file of small images such as MNIST's. Without \
      it, images are generated. The kind of data decides the defaults.
      """)

  @OptionGroup var target: RunTarget

  @Flag(help: "Write the run's course for TensorBoard too, into the run's folder.")
  var tensorboard = false

  @OptionGroup(title: "Settings") var options: TrainOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    try target.learn(options, compute, unit: "steps") { run in
      if tensorboard { run.writesTensorBoard = true }
    }
  }
}
