import ArgumentParser
import Foundation
import Learning

/// What training can be told on the command line. Each option overrides the configuration file.
struct TrainOptions: LearningOptions {
  typealias Option = ArgumentParser.Option<Given<SparseVAEConfiguration>?>

  @OptionGroup var layers: SettingOptions
  @OptionGroup var patches: PatchOptions

  @Option("data.memory", valueName: "MB") var memoryBudget

  @Option("model.initFrom", valueName: "run") var initFrom

  @Option("model.latents") var latents

  @ArgumentParser.Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Latents for each value of a patch (pixels; times 3 in colour), in place of their number: 4 for four times overcomplete.",
      valueName: "factor"))
  var overcomplete: Double?

  @Option("model.encoder.trunk", valueName: "widths") var trunk

  @Flag(help: "\(TrainOptions.geadahHelp)") var geadahEncoder = false

  @Option("model.prior") var prior

  @Option("model.priorScale") var priorScale

  @Flag(help: .flag("model.scalePerLatent", of: SparseVAEConfiguration.self))
  var scalePerLatent = false

  @Flag(
    inversion: .prefixedNo,
    help: .flag(
      "training.learnsPriorScale", of: SparseVAEConfiguration.self, showsDefault: true))
  var learnPriorScale: Bool?

  @Option("training.priorScaleUpdate") var priorScaleUpdate

  @Option("model.activeShare") var activeShare

  @Flag(
    inversion: .prefixedNo,
    help: .flag("training.learnsActiveShare", of: SparseVAEConfiguration.self))
  var learnActiveShare: Bool?

  @Option("model.spikeSize") var spikeSize

  @Option("model.posterior") var posterior

  @Flag(
    inversion: .prefixedNo,
    help: .flag("model.contrast", of: SparseVAEConfiguration.self, showsDefault: true))
  var contrast: Bool?

  @Option("model.refinements") var refine

  @Option("training.structuredFrom", valueName: "share") var structuredFrom

  @Option("model.noiseLogScale", parsing: .unconditional) var noiseLogScale

  @ArgumentParser.Option(
    parsing: .unconditional,
    help: ArgumentHelp("The noise's σ itself, in place of its logarithm.", valueName: "σ"))
  var noiseScale: Double?

  @ArgumentParser.Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      λ = σ²/s, the weight of |z| against squared error, in place of σ: σ = √(λ·s). (default: 0.5; \
      1 for small images)
      """, valueName: "λ"))
  var lambda: Double?

  @Option("model.noise", name: .customLong("noise")) var noiseShape

  @Option("model.likelihood") var likelihood

  @Flag(help: .flag("training.learnsNoise", of: SparseVAEConfiguration.self))
  var learnNoise = false

  @Option("training.scalesFrom", name: .customLong("learn-scales-from"), valueName: "share")
  var learnScalesFrom

  @Option("training.lateDecoderFactor", name: .customLong("late-filter-rate"), valueName: "factor")
  var lateFilterRate

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
      memoryBudget, initFrom, latents, latentsOfPatch, encoder, prior, priorScale,
      Given("model.scalePerLatent", flag: scalePerLatent ? true : nil),
      Given("training.learnsPriorScale", flag: learnPriorScale),
      priorScaleUpdate, activeShare,
      Given("training.learnsActiveShare", flag: learnActiveShare), spikeSize,
      posterior, Given("model.contrast", flag: contrast), refine,
      structuredFrom,
      noiseLogScale, Given("training.learnsNoise", flag: learnNoise ? true : nil), noiseShape,
      likelihood, learnScalesFrom, lateFilterRate, constraint,
      Given("model.tangent", flag: tangent),
      Given("model.learnsGain", flag: learnGain ? true : nil), epochs, batchSize, learningRate,
      decoderRateFactor, schedule, finalRateRatio, klWarmupEpochs, reviveEpochs, samples, clipNorm,
      precision, seed, noise,
    ]
  }

  mutating func validate() throws {
    for (name, value) in [
      ("lambda", lambda), ("noise-scale", noiseScale), ("overcomplete", overcomplete),
    ] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("'--\(name) \(value)': expected a number more than 0.")
      }
    }
    if [lambda != nil, noiseScale != nil, noiseLogScale != nil].count(where: { $0 }) > 1 {
      throw ValidationError(
        "--lambda, --noise-scale and --noise-log-scale all say the noise: give one of them.")
    }
    if overcomplete != nil, latents != nil {
      throw ValidationError("--overcomplete and --latents both say how many: give one of them.")
    }
  }

  func fit(_ configuration: inout SparseVAEConfiguration, pixels: Int) {
    if let overcomplete {
      configuration.model.latents = Self.latents(overcomplete, pixels: pixels)
    }
  }

  /// As far as the patches' size is known before the data.
  private var latentsOfPatch: Given<SparseVAEConfiguration>? {
    overcomplete.map { factor in
      Given { configuration in
        configuration.model.latents = Self.latents(
          factor, pixels: configuration.data.preparation.cutPixels)
      }
    }
  }

  private static func latents(_ factor: Double, pixels: Int) -> Int {
    // Beyond this a number of latents is refused by its range.
    max(1, Int(min((factor * Double(pixels)).rounded(), 1e9)))
  }

  /// After the prior's scale, from which λ's σ follows.
  private var noise: Given<SparseVAEConfiguration>? {
    if let noiseScale { return Given { $0.model.noiseLogScale = Foundation.log(noiseScale) } }
    return lambda.map { lambda in
      Given { $0.model.noiseLogScale = Foundation.log(lambda * $0.model.priorScale) / 2 }
    }
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
