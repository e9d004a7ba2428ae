import ArgumentParser
import Learning

/// What training can be told on the command line. Each option overrides the configuration file.
struct TrainOptions: LearningOptions {
  typealias Option = ArgumentParser.Option<Given<SparseVAEConfiguration>?>

  @OptionGroup var layers: SettingOptions
  @OptionGroup var patches: PatchOptions

  @Option("data.memory", valueName: "MB") var memoryBudget

  @Option("model.latents") var latents

  @Option("model.encoder.trunk", valueName: "widths") var trunk

  @Flag(help: "\(TrainOptions.geadahHelp)") var geadahEncoder = false

  @Option("model.prior") var prior

  @Option("model.priorScale") var priorScale

  @Flag(help: .flag("training.learnsPriorScale", of: SparseVAEConfiguration.self))
  var learnPriorScale = false

  @Option("model.posterior") var posterior

  @Option("model.noiseLogScale", parsing: .unconditional) var noiseLogScale

  @Flag(help: .flag("training.learnsNoise", of: SparseVAEConfiguration.self))
  var learnNoise = false

  @Option("model.constraint") var constraint

  @Flag(
    inversion: .prefixedNo,
    help: .flag("model.tangent", of: SparseVAEConfiguration.self, showsDefault: true))
  var tangent: Bool?

  @Flag(help: .flag("model.learnsGain", of: SparseVAEConfiguration.self))
  var learnGain = false

  @Option("training.epochs") var epochs

  @Option("training.batchSize", name: .customLong("batch")) var batchSize

  @Option("training.learningRate") var learningRate

  @Option("training.decoderRateFactor") var decoderRateFactor

  @Option("training.schedule") var schedule

  @Option("training.finalRateRatio") var finalRateRatio

  @Option("training.warmupEpochs") var klWarmupEpochs

  @Option("training.revivalEpochs") var reviveEpochs

  @Option("training.samples") var samples

  @Option("training.clippingNorm") var clipNorm

  @Option("training.precision") var precision

  @Option("training.seed", "data.seed", help: "Seed of everything random") var seed

  var given: [Given<SparseVAEConfiguration>?] {
    patches.given(to: SparseVAEConfiguration.self) + [
      memoryBudget, latents, encoder, prior, priorScale,
      Given("training.learnsPriorScale", flag: learnPriorScale ? true : nil), posterior,
      noiseLogScale, Given("training.learnsNoise", flag: learnNoise ? true : nil), constraint,
      Given("model.tangent", flag: tangent),
      Given("model.learnsGain", flag: learnGain ? true : nil), epochs, batchSize, learningRate,
      decoderRateFactor, schedule, finalRateRatio, klWarmupEpochs, reviveEpochs, samples, clipNorm,
      precision, seed,
    ]
  }

  /// A trunk is the whole encoder, as Geadah et al.'s is.
  private var encoder: Given<SparseVAEConfiguration>? {
    if let trunk {
      return Given {
        $0.model.encoder = SparseVAEConfiguration.EncoderSettings()
        trunk.change(&$0)
      }
    }
    return geadahEncoder ? Given { $0.model.encoder = .geadah } : nil
  }

  private static var geadahHelp: String {
    let encoder = SparseVAEConfiguration.EncoderSettings.geadah
    let (trunk, mean, logScale) = (
      widths(encoder.trunk), widths(encoder.mean), widths(encoder.logScale)
    )
    return "The encoder of Geadah et al. 2024: \(trunk), then \(mean) for the mean and \(logScale) "
      + "for the log scale."
  }

  private static func widths(_ widths: [Int]) -> String {
    widths.map(String.init).joined(separator: ",")
  }
}
