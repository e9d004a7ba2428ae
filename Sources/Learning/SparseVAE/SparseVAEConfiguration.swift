import Compute
import Distributions
import Filters
import ImageData
import LatentVariableModels

/// Everything that determines a run. `config.yaml` in the run folder is this, resolved.
public struct SparseVAEConfiguration: Configuration {
  public var data = DataSettings()
  /// The model before its first step.
  public var model = ModelSettings()
  /// How it is trained.
  public var training = TrainingSettings()

  /// The model before its first step.
  public struct ModelSettings: Codable, Hashable, Sendable {
    /// A finished run whose model is the first one; nil draws it from the seed.
    public var initFrom: String?
    /// K
    public var latents = 169
    /// The recognition network's widths.
    public var encoder = EncoderSettings()
    /// p(z), each latent's.
    public var prior = PriorFamily.laplace
    /// s, in units of the latents.
    public var priorScale = 0.07
    /// Whether each latent has its own s, or all share one.
    public var scalePerLatent = false
    /// Values of the prior's other numbers, such as `degreesOfFreedom`; those left out are standard.
    public var priorShape: [String: Double]?
    /// γ₀, of priors that have a share of latents that are not zero.
    public var activeShare = 0.1
    /// a, what one count of a Poisson posterior adds to z.
    public var spikeSize = 1.0
    /// q(z | x), each latent's.
    public var posterior = PosteriorFamily.gaussian
    /// Steps in which a structured posterior refines what the encoder says.
    public var refinements = 0
    /// Whether each patch has a contrast, which scales its prior.
    public var contrast = false
    /// log σ, in units of a pixel's standard deviation; with s, λ = σ²/s = 0.5.
    public var noiseLogScale = -1.6762
    /// Whether noise has one variance, or one for each principal direction of the training patches.
    public var noise = NoiseShape.isotropic
    /// How E_q[−log p(x | z)] is found.
    public var likelihood = ExpectedLikelihood.exact
    /// Least and greatest log scale ℓ of the posterior.
    public var logScaleRange: [Float] = [-7, 4]
    /// What holds the decoder's filters.
    public var constraint = ConstraintFamily.unitNorm
    /// Unit norm: whether the gradient's component along each filter is removed before Adam.
    public var tangent = true
    /// Weight normalisation: whether gains are learned.
    public var learnsGain = false
    /// Values of the constraint's other numbers, such as `rate`; those left out are standard.
    public var constraintSettings: [String: Double]?

    /// The defaults for photographs.
    public init() {}
  }

  /// Widths of the recognition network's layers.
  public struct EncoderSettings: Codable, Hashable, Sendable {
    /// Layers that μ and ℓ share.
    public var trunk = [512, 512]
    /// Separate branches for μ and ℓ, of equal depth; empty where there are none.
    public var mean: [Int] = []
    /// Those of ℓ; see `mean`.
    public var logScale: [Int] = []

    /// A network of these widths.
    public init(trunk: [Int] = [512, 512], mean: [Int] = [], logScale: [Int] = []) {
      self.trunk = trunk
      self.mean = mean
      self.logScale = logScale
    }

    /// The encoder of Geadah et al. 2024.
    public static var geadah: EncoderSettings {
      switch RecognitionNetwork.geadah {
      case .trunk(let trunk): EncoderSettings(trunk: trunk)
      case .branches(let trunk, let mean, let logScale):
        EncoderSettings(trunk: trunk, mean: mean, logScale: logScale)
      }
    }

    var network: RecognitionNetwork {
      mean.isEmpty && logScale.isEmpty
        ? .trunk(trunk) : .branches(trunk: trunk, mean: mean, logScale: logScale)
    }
  }

  /// ω before it is learned; photographs come to 0.6.
  private static let firstContrast = 0.5

  /// A plain model of photographs: independent latents, scales that are fixed.
  public init() {}

  /// Independent latents until the filters have their form, then the structured posterior, with a
  /// contrast, learned scales, and filters that hardly move.
  private mutating func takeStructuredPosterior() {
    model.posterior = .structured
    model.contrast = true
    training.structuredFrom = 0.92
    training.scalesFrom = training.structuredFrom
    training.learnsPriorScale = true
    training.priorScaleUpdate = .empiricalBayes
    training.lateDecoderFactor = 0.1
  }

  /// Leaves out of the defaults what goes with a structured posterior.
  mutating func takeIndependentLatents() {
    let plain = TrainingSettings()
    model.posterior = .gaussian
    model.contrast = false
    training.structuredFrom = plain.structuredFrom
    training.scalesFrom = plain.scalesFrom
    training.learnsPriorScale = plain.learnsPriorScale
    training.priorScaleUpdate = plain.priorScaleUpdate
    training.lateDecoderFactor = plain.lateDecoderFactor
  }

  /// The expected likelihood was sampled before it could be chosen.
  public static var ofEarlierRuns: SparseVAEConfiguration {
    var configuration = SparseVAEConfiguration()
    configuration.model.likelihood = .sampled
    return configuration
  }

  /// The defaults for data of one kind: patches of photographs, or small images such as digits.
  public static func defaults(for kind: PatchKind) -> SparseVAEConfiguration {
    var configuration = SparseVAEConfiguration()
    configuration.data.preparation = .defaults(for: kind)
    if kind == .cut { configuration.takeStructuredPosterior() }
    if kind == .whole {
      configuration.model.latents = 400
      configuration.model.noiseLogScale = -1.1513
      configuration.model.priorScale = 0.1
      configuration.training.epochs = 20
      configuration.training.finalRateRatio = 0.03
    }
    return configuration
  }

  /// The prior at its start.
  ///
  /// - Throws: a `ParameterError` where it is unknown, or its shape is out of range.
  public var prior: any Prior {
    get throws(ParameterError) {
      var shape = model.priorShape ?? [:]
      if model.hasActiveShare { shape[activeShareParameter.name] = model.activeShare }
      return try model.prior.prior(
        scale: model.prior == .poisson ? model.spikeSize : model.priorScale, shape: shape)
    }
  }

  /// The decoder's constraint.
  ///
  /// - Throws: a `ParameterError` where it or the prior is unknown, or one of their numbers is not
  ///   theirs or out of range.
  public var constraint: any FilterConstraint {
    get throws(ParameterError) {
      let prior = try prior
      return try model.constraint.constraint(
        model.constraintSettings ?? [:],
        defaults: [
          UnitNorm.tangent.name: model.tangent ? 1 : 0,
          WeightNormalization.learnsGain.name: model.learnsGain ? 1 : 0,
          VarianceMatching.goal.name: prior.variance ?? prior.scale * prior.scale,
        ])
    }
  }

  /// The model for patches of `pixels` pixels.
  ///
  /// - Throws: a `ParameterError` where the prior is unknown, or its shape is out of range.
  public func modelConfiguration(pixels: Int) throws(ParameterError) -> ModelConfiguration {
    var configuration = try ModelConfiguration(
      pixels: pixels, latents: model.latents, network: model.encoder.network, prior: prior,
      posterior: model.posterior, contrast: model.contrast ? Self.firstContrast : nil,
      refinements: model.refinements, noiseLogScale: model.noiseLogScale,
      noise: model.noise, likelihood: model.likelihood,
      logScaleRange: model.logScaleRange[0]...model.logScaleRange[1])
    configuration.scalePerLatent = model.scalePerLatent
    return configuration
  }
}
