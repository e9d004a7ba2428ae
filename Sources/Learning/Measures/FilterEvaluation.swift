import Compute
import Evaluation

/// Filters and their codes measured on held-out patches.
public struct FilterEvaluation: Sendable {
  /// Φ, `[latents, pixels]`
  public let filters: Matrix
  /// Number of patches.
  public let patches: Int
  /// Of the codes' reconstructions.
  public let signalToNoise: SignalToNoise
  /// Of the codes: posterior means, of posteriors with exact zeros or counts the most probable codes, or
  /// sparse codes.
  public let sparsity: Sparsity
  /// Which filters are active, by each definition.
  public let active: ActiveFilters
  /// How much each filter is used, to order filters by.
  public let use: [Double]
  /// What only models with a posterior have.
  public var posterior: PosteriorMeasures?
  /// What only sparse codes found by a solver have.
  public var coding: CodingMeasures?
  /// A method's other numbers, by the names of its measures; NaN stands for undefined ones.
  public var others: [String: Double] = [:]

  /// An evaluation of measures that were computed elsewhere; arrays are of `filters.rows` numbers.
  public init(
    filters: Matrix, patches: Int, signalToNoise: SignalToNoise, sparsity: Sparsity,
    active: ActiveFilters, use: [Double]
  ) {
    self.filters = filters
    self.patches = patches
    self.signalToNoise = signalToNoise
    self.sparsity = sparsity
    self.active = active
    self.use = use
  }

  /// Measures what any model has: filters are used where a code is not zero, by the mean of |z|.
  public init(of model: some LearnedModel, on patches: Matrix, _ instruments: Instruments) {
    let codes = model.codes(of: patches, team: instruments.team)
    var energy = SignalToNoise()
    energy.add(patches: patches, reconstructions: model.reconstructions(of: codes))
    self.init(
      filters: model.filters, codes: codes, signalToNoise: energy, instruments)
  }

  /// The same of codes that are known, `[patches, latents]`.
  init(
    filters: Matrix, codes: Matrix, signalToNoise: SignalToNoise, _ instruments: Instruments
  ) {
    var sums = [Double](repeating: 0, count: filters.rows)
    for row in 0..<codes.rows {
      for (latent, code) in codes.row(row).enumerated() { sums[latent] += Double(abs(code)) }
    }
    self.init(
      filters: filters, patches: codes.rows, signalToNoise: signalToNoise,
      sparsity: Sparsity(of: codes),
      active: instruments.activeFilters(of: filters, used: sums.map { $0 != 0 }),
      use: sums.map { $0 / Double(max(1, codes.rows)) })
  }
}

extension Instruments {
  /// Which filters are active, with the Gabor functions that come closest.
  func activeFilters(of filters: Matrix, used: [Bool]) -> ActiveFilters {
    ActiveFilters(
      filters: filters, used: used, noiseTest: noiseTest,
      gaborFits: gaborFitter?.fits(of: noiseTest.profiles(of: filters), team: team),
      thresholds: thresholds, team: team)
  }
}

/// A model with a posterior on held-out patches.
public struct PosteriorMeasures: Sendable {
  /// E_q[−log p(x | z)] in nats per patch.
  public var negativeLogLikelihood: Double
  /// How it was found.
  public var likelihood: ExpectedLikelihood
  /// −log p(x) in nats per patch of a Gaussian with the training patches' covariance and the model's
  /// noise; nil where it was not asked for.
  public var gaussian: Double?
  /// KL(q ‖ p) in nats per patch.
  public var divergence: Double
  /// Each latent's means and variances over the patches.
  public var statistics: PosteriorStatistics
  /// Which latents say something, by each definition.
  public var activity: LatentActivity
  /// λ = σ²/s
  public var lambda: Double
  /// K·(π/2)·s² over the data's energy.
  public var temperature: Double
  /// σ
  public var noiseScale: Double
  /// Directions in which the patches' noise has a variance each; nil where it has one, σ².
  public var noiseDirections: Int?
  /// s
  public var priorScale: Double
  /// Nil where patches have no contrast.
  public var contrast: Contrast?
  /// Nil where codes are never exactly zero.
  public var atoms: Atoms?

  /// The most probable codes of posteriors with exact zeros or counts.
  public struct Atoms: Sendable {
    /// Share of exact zeros among them.
    public var zeroShare: Double
    /// Of their reconstructions.
    public var signalToNoise: SignalToNoise
    /// γ₀; nil of counts.
    public var activeShare: Double?
  }

  /// The patches' contrasts a.
  public struct Contrast: Sendable {
    /// ω
    public var spread: Double
    /// E[log a] of each patch.
    public var logarithms: [Double]
    /// Excess kurtosis of z·E[1/a].
    public var normalizedKurtosis: Double?
  }

  /// −ELBO in nats per patch.
  public var negativeELBO: Double { negativeLogLikelihood + divergence }
}

/// A solver's codes of held-out patches.
public struct CodingMeasures: Sendable {
  /// λ
  public var lambda: Double
  /// ½‖x − Φᵀz‖² + λ‖z‖₁, mean over the patches.
  public var objective: Double
  /// Mean number of nonzero codes of a patch, L0.
  public var meanActive: Double
  /// Share of the patches that the solver brought to its criterion.
  public var converged: Double
  /// The largest criterion: for the solvers of the lasso the relative duality gap.
  public var largestGap: Double
}
