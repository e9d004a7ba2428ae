/// The mathematics of one latent under the structured posterior
/// q(z) = N(μ, Σ) with Σ⁻¹ = ΦΦᵀ/σ² + diag(1/c).
///
/// Each latent's prior is majorised, −log p(z) ≤ z²/2c + constant with equality at |z| = η. With
/// N(0, c) in its place the posterior is Gaussian, with the covariance that the decoder gives it.
/// The encoder says where to majorise; the best place is η² = E z².
public protocol StructuredRule: Sendable {
  /// Where a latent's heads majorise its prior.
  func expansion(_ heads: SIMD4<Double>, priorScale: Double) -> PriorExpansion

  /// The prior majorised at |z| = √`secondMoment`.
  func expansion(secondMoment: Double, priorScale: Double) -> PriorExpansion

  /// KL of N(`mean`, `variance`) from the prior in nats, or a bound of it, and its slope by log s.
  func divergence(
    mean: Double, variance: Double, priorScale: Double
  ) -> (value: Double, scaleSlope: Double)

  /// How often c is set to what the moments ask for, beyond what the encoder says.
  var refinements: Int { get }

  /// A compiled kernel that does the same for whole batches; nil where there is none.
  var structuredKernel: StructuredKernel? { get }
}

/// A prior majorised: −log p(z) ≤ z²/2c + constant.
public struct PriorExpansion: Hashable, Sendable {
  /// c
  public var variance: Double
  /// η², where the two are equal.
  public var secondMoment: Double
  /// ∂log c/∂head, for each head.
  public var slopes: SIMD4<Double>

  /// The bound that touches the prior at η² = `secondMoment`.
  public init(variance: Double, secondMoment: Double, slopes: SIMD4<Double> = .zero) {
    (self.variance, self.secondMoment, self.slopes) = (variance, secondMoment, slopes)
  }

  /// The bound's slope by log c where the latent has this second moment: (η² − E z²)/2c.
  public func slope(at moment: Double) -> Double { (secondMoment - moment) / (2 * variance) }
}

/// The kernel of a Laplace prior, which knows a patch's contrast as well.
public struct StructuredKernel: Hashable, Sendable {
  /// The range in which ℓ is kept.
  public let logScaleRange: ClosedRange<Float>

  /// For heads m and ℓ, with η² = m² + e^2ℓ.
  public init(logScaleRange: ClosedRange<Float>) { self.logScaleRange = logScaleRange }
}

/// The structured posterior's part of a model's latents, as an engine works on them.
public struct StructuredUnits: Sendable {
  let rule: any StructuredRule
  let kernel: StructuredKernel?
  /// Φ, and the place of log σ.
  package let filters: DenseWeights
  package let logNoise: Int
  /// The place of log ω, the spread of log contrast; nil where patches have none.
  let logContrast: Int?
  /// Whether each latent has its own s.
  let hasOwnScales: Bool
  /// x − b and Φ(x − b).
  package let centred: Buffer
  package let drive: Buffer
  /// c, K units.
  package let priorVariance: Buffer
  /// What a patch has: the joint KL beyond the latents', mean and standard deviation of its log
  /// contrast, tr(ΦᵀΣΦ)/σ².
  package let patch: Buffer

  /// KL of N(0, `variance`) from the prior, nats.
  package func idleDivergence(variance: Double, priorScale: Double) -> Double {
    rule.divergence(mean: 0, variance: variance, priorScale: priorScale).value
  }

  /// Whether the K × K matrix is factored, or the D × D one.
  package var isByLatents: Bool {
    StructuredWork(latents: Double(filters.inputs), pixels: Double(filters.outputs)).isByLatents
  }

  /// The places of what is read beside heads and parameters.
  var given: Range<Int> { centred.places.lowerBound..<drive.places.upperBound }
}

/// What conditioning a patch's latents together takes.
public struct StructuredWork: Hashable, Sendable {
  private let latents: Double
  private let pixels: Double

  /// Of K latents and D pixels.
  public init(latents: Double, pixels: Double) {
    (self.latents, self.pixels) = (latents, pixels)
  }

  /// K³/2 by the K × K matrix, D³/3 + 3D²K/2 by the D × D one.
  private var choices: (byLatents: Double, byPixels: Double) {
    (
      latents * latents * latents / 2,
      pixels * pixels * pixels / 3 + 1.5 * pixels * pixels * latents
    )
  }

  /// Whether the K × K matrix takes fewer multiplications.
  public var isByLatents: Bool { choices.byLatents <= choices.byPixels }

  /// Multiplications for a patch, with the covariance's gradient.
  public var multiplications: Double { min(choices.byLatents, choices.byPixels) }

  /// Memory that training takes for factors on each of some threads, and for a chunk's covariances.
  public func bytes(threads: Int) -> Double {
    let order = isByLatents ? latents : pixels
    let factors = Double(threads) * 16 * order * order / 2
    let covariances = 8 * (isByLatents ? order * order / 2 : latents * pixels)
    return 4 * (factors + covariances)
  }
}
