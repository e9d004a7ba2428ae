import Compute
import Distributions
import Filters
import ImageData
import LatentVariableModels
import Settings

extension RegisteredName: SettingValue {}
extension PosteriorFamily: SettingValue {}
extension LearningRateSchedule: SettingValue {}
extension Precision: SettingValue {}
extension ExpectedLikelihood: SettingValue {}
extension PriorScaleUpdate: SettingValue {}
extension NoiseShape: SettingValue {}

extension SparseVAEConfiguration {
  public static let settings: [Setting<SparseVAEConfiguration>] =
    DataSettings.settings.map { $0.within(\.data) }
    + ModelSettings.settings.map { $0.within(\.model) }
    + TrainingSettings.settings.map { $0.within(\.training) }

  public func checkRules() throws(SettingError) {
    let encoder = model.encoder
    if encoder.mean.count != encoder.logScale.count {
      throw SettingError(
        "model.encoder.logScale", encoder.logScale.form,
        expected: "as many layers as model.encoder.mean, \(encoder.mean.count)")
    }
    func check(_ key: String, _ parts: () throws(ParameterError) -> Void) throws(SettingError) {
      do throws(ParameterError) { try parts() } catch {
        throw SettingError("\(key): \(error.problem)", expected: error.expected)
      }
    }
    try check("model.priorShape") { () throws(ParameterError) in _ = try prior }
    try check("model.constraintSettings") { () throws(ParameterError) in _ = try constraint }
    try checkStructure()
    try checkAtoms()
    try training.checkScales()
    if !training.precision.isAvailable {
      throw SettingError(
        "training.precision", training.precision.form,
        expected: "float32: this processor has no bfloat16 instructions (AVX512-BF16)")
    }
  }
}

extension SparseVAEConfiguration {
  /// - Throws: a `SettingError` where something is said of a structured posterior that there is not.
  private func checkStructure() throws(SettingError) {
    let isStructured = model.posterior == .structured
    let others = [
      ("model.contrast is true", model.contrast),
      ("model.refinements is \(model.refinements)", model.refinements > 0),
      (
        "training.structuredFrom is \(training.structuredFrom.form.yaml)",
        training.structuredFrom > 0
      ),
    ]
    for (text, isGiven) in others where isGiven && !isStructured {
      throw SettingError(
        "\(text), and the posterior is \(model.posterior.rawValue)",
        expected: "model.posterior structured (--posterior structured)")
    }
    if model.contrast, model.prior != .laplace {
      throw SettingError(
        "model.contrast is true, and the prior is \(model.prior.rawValue)",
        expected: "the laplace prior, the one whose contrast is known in closed form")
    }
    if isStructured, model.likelihood == .sampled {
      throw SettingError(
        "model.likelihood is sampled, and the posterior is structured",
        expected: "exact: nothing of a structured posterior is sampled")
    }
  }
}

extension SparseVAEConfiguration.ModelSettings {
  /// The settings `model.…`.
  public static let settings: [Setting<SparseVAEConfiguration.ModelSettings>] = [
    Setting(
      "model.latents", \.latents, "Number of latents, and of filters", in: .from(1, to: 1_000_000)
    ),
    Setting(
      "model.encoder.trunk", \.encoder.trunk, "Widths of the encoder's layers",
      in: .each("widths", .from(1, to: 65_536))),
    Setting(
      "model.encoder.mean", \.encoder.mean,
      "Widths of layers after the trunk that only the posterior's mean has",
      in: .each("widths", .from(1, to: 65_536))),
    Setting(
      "model.encoder.logScale", \.encoder.logScale,
      "Widths of layers after the trunk that only the posterior's log scale has",
      in: .each("widths", .from(1, to: 65_536))),
    Setting("model.prior", \.prior, "The latents' prior"),
    Setting("model.priorScale", \.priorScale, "The prior's scale s", in: .positive),
    Setting(
      "model.scalePerLatent", \.scalePerLatent,
      "Give each latent's prior a scale, in place of one for all"),
    Setting(
      "model.priorShape", \.priorShape,
      "The prior's other numbers by name, such as degreesOfFreedom",
      ifNull: "each prior's standard ones"),
    Setting(
      "model.activeShare", \.activeShare,
      "With a spike-and-slab or thresholded prior: the share of latents that are not zero",
      in: .moreThan(0, lessThan: 1)),
    Setting(
      "model.spikeSize", \.spikeSize,
      "With poisson: what one count of a latent stands for", in: .positive),
    Setting(
      "model.posterior", \.posterior,
      "The posterior's family; structured has the covariance that the decoder gives it, "
        + "spike-and-slab and thresholded ones have exact zeros, poisson has counts"),
    Setting(
      "model.refinements", \.refinements,
      "With structured: steps in which each posterior refines what the encoder says",
      in: .from(0, to: 100)),
    Setting(
      "model.contrast", \.contrast,
      "With structured and a laplace prior: give each patch a contrast, which scales its prior"),
    Setting(
      "model.noiseLogScale", \.noiseLogScale,
      "Natural logarithm of the noise's standard deviation σ, in units of a pixel's",
      in: .from(-20, to: 20)),
    Setting(
      "model.noise", \.noise,
      "One variance of the noise, or one for each principal direction of the training patches"),
    Setting(
      "model.likelihood", \.likelihood,
      "How the expected likelihood is found: exactly, where the model allows it, or from samples"),
    Setting(
      "model.logScaleRange", \.logScaleRange,
      "Least and greatest log scale of the posterior",
      in: SettingRange("two numbers, the first less, from -40 to 20") {
        $0.count == 2 && $0[0] < $0[1] && $0[0] >= -40 && $0[1] <= 20
      }),
    Setting("model.constraint", \.constraint, "What holds the decoder's filters"),
    Setting(
      "model.tangent", \.tangent,
      "With unit-norm: remove the gradient's component along each filter"),
    Setting(
      "model.learnsGain", \.learnsGain, "With weight-norm: learn the filters' gains"),
    Setting(
      "model.constraintSettings", \.constraintSettings,
      "The constraint's other numbers by name, such as rate",
      ifNull: "each constraint's standard ones"),
    Setting(
      "model.initFrom", \.initFrom,
      "A finished run, of any data, whose model is the first one; its settings are the model's "
        + "defaults", ifNull: "drawn from the seed"),
  ]
}

extension TrainingSettings {
  /// - Throws: a `SettingError` where something is said of scales that are not learned.
  fileprivate func checkScales() throws(SettingError) {
    if scalesFrom > 0, !learnsNoise, !learnsPriorScale, !learnsActiveShare {
      throw SettingError(
        "training.scalesFrom is \(scalesFrom.form.yaml), and no scale is learned",
        expected: "training.learnsPriorScale or training.learnsNoise (--learn-prior-scale, "
          + "--learn-noise)")
    }
    if priorScaleUpdate != .gradient, !learnsPriorScale, !learnsActiveShare {
      throw SettingError(
        "training.priorScaleUpdate is \(priorScaleUpdate.rawValue), and the scale is fixed",
        expected: "training.learnsPriorScale (--learn-prior-scale)")
    }
    if lateDecoderFactor != 1, scalesFrom == 0 {
      throw SettingError(
        "training.lateDecoderFactor is \(lateDecoderFactor.form.yaml) from no share on",
        expected: "training.scalesFrom more than 0 (--learn-scales-from)")
    }
  }

  /// The settings `training.…`.
  public static let settings: [Setting<TrainingSettings>] = [
    Setting(
      "training.epochs", \.epochs, "Passes over the training patches", in: .from(1, to: 1_000_000)
    ),
    Setting("training.batchSize", \.batchSize, "Patches in a batch", in: .from(1, to: 65_536)),
    Setting(
      "training.learningRate", \.learningRate, "Adam's learning rate at the start",
      in: .moreThan(0, lessThan: 10)),
    Setting(
      "training.decoderRateFactor", \.decoderRateFactor,
      "The decoder's learning rate over the encoder's", in: .zeroOrMore),
    Setting("training.schedule", \.schedule, "How the learning rate falls"),
    Setting(
      "training.finalRateRatio", \.finalRateRatio, "The last learning rate over the first",
      in: .moreThan(0, atMost: 1)),
    Setting(
      "training.warmupEpochs", \.warmupEpochs,
      "Epochs over which the weight of the KL divergence rises to 1", in: .zeroOrMore),
    Setting(
      "training.revivalEpochs", \.revivalEpochs,
      "First epochs, at the end of each of which duplicate filters are reinitialised",
      in: .zeroOrMore),
    Setting(
      "training.revivalSimilarity", \.revivalSimilarity,
      "Of two filters with |cosine| above this, the later is a duplicate",
      in: .moreThan(0, lessThan: 1)),
    Setting(
      "training.samples", \.samples, "Samples of the latents for each patch, where they are drawn",
      in: .from(1, to: 1000)),
    Setting(
      "training.clippingNorm", \.clippingNorm, "Largest norm of the gradient",
      in: SettingRange("more than 0") { $0 > 0 }, ifNull: "not limited"),
    Setting(
      "training.learnsNoise", \.learnsNoise, "Learn the noise's standard deviation"),
    Setting(
      "training.learnsPriorScale", \.learnsPriorScale,
      "Learn the prior's scale, one number for all latents"),
    Setting(
      "training.learnsActiveShare", \.learnsActiveShare,
      "With spike-and-slab, there the default: learn the share of latents that are not zero"),
    Setting(
      "training.priorScaleUpdate", \.priorScaleUpdate,
      "How prior scale and active share are learned: by gradient, or as what fits the latents best"),
    Setting(
      "training.scalesFrom", \.scalesFrom,
      "Share of training from which on noise, prior scale and active share are learned, where they are",
      in: .from(0, lessThan: 1)),
    Setting(
      "training.lateDecoderFactor", \.lateDecoderFactor,
      "The decoder's learning rate from there on over what it would be; 0 holds the filters",
      in: .from(0, to: 1)),
    Setting(
      "training.structuredFrom", \.structuredFrom,
      "Share of training from which on a structured posterior has its covariance; the learning "
        + "rate begins again there", in: .from(0, lessThan: 1)),
    Setting("training.adam.beta1", \.adam.beta1, "Adam's β₁", in: .from(0, lessThan: 1)),
    Setting("training.adam.beta2", \.adam.beta2, "Adam's β₂", in: .from(0, lessThan: 1)),
    Setting("training.adam.epsilon", \.adam.epsilon, "Adam's ε", in: .positive),
    Setting(
      "training.precision", \.precision,
      "Numbers in which training multiplies; mixed is faster, on processors with bfloat16"),
    Setting(
      "training.seed", \.seed,
      "Seed of the parameters' start, the shuffling and the posterior's noise"),
  ]
}
