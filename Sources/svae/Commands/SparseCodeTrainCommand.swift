import ArgumentParser

struct SparseCodeTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a dictionary for sparse codes of images.",
    discussion: """
      Finds the codes z of a batch of patches x that minimise ½‖x − Φᵀz‖² + λ‖z‖₁, then improves \
      the dictionary Φ for them, and so on. DATA is as for svae train. With --solver \
      conjugate-gradient the penalty is λ·Σ log(1 + z²), with pursuits and hard thresholding the \
      number of active atoms is fixed; objectives that are printed stay the lasso's.
      """)

  @OptionGroup var target: RunTarget
  @OptionGroup(title: "Settings") var options: SparseCodeOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws { try target.learn(options, compute, unit: "updates") }
}
