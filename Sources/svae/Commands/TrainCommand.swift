import ArgumentParser

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a sparse coding VAE on images.",
    discussion: """
      svae train photos/                          the defaults for photographs
      svae train mnist/ --overcomplete 2          digits, with 2 × 784 latents
      svae train photos/ --lambda 1 --epochs 50   sparser codes, for longer
      svae train photos/ --constraint none --set training.revivalEpochs=12
      svae train other/ --init-from runs/photos-1 --learning-rate 1e-4
      svae train --resume runs/photos-1           where it stopped

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
