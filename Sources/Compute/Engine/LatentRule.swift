/// What the noise of a latent is drawn from.
public enum NoiseLaw: Hashable, Sendable {
  /// N(0, 1)
  case normal
  /// e^−|ε|/2
  case laplace

  /// Var ε
  public var variance: Double { self == .normal ? 1 : 2 }
}

/// What one latent makes of its heads and its noise: z, the divergence from the prior, and how both
/// change.
public struct LatentDraw: Hashable, Sendable {
  /// The sample or, with `variance`, the mean.
  public var z: Double
  /// ∂z/∂head, for each head.
  public var slopes: SIMD4<Double>
  /// Var z where z is the mean; 0 for a sample.
  public var variance = 0.0
  /// ∂variance/∂head
  public var varianceSlopes = SIMD4<Double>.zero
  /// KL(q ‖ p) in nats, or its estimate from the sample.
  public var divergence: Double
  /// ∂KL/∂head; of an estimate the derivative along z as well.
  public var divergenceSlopes: SIMD4<Double>
  /// ∂KL/∂log s of the prior's scale s.
  public var scaleSlope: Double
  /// ∂KL/∂ of the prior's further number, at fixed q.
  public var numberSlope = 0.0

  /// A draw; slopes of heads that a latent does not have are left aside.
  public init(
    z: Double, slopes: SIMD4<Double>, divergence: Double, divergenceSlopes: SIMD4<Double>,
    scaleSlope: Double
  ) {
    (self.z, self.slopes, self.divergence) = (z, slopes, divergence)
    (self.divergenceSlopes, self.scaleSlope) = (divergenceSlopes, scaleSlope)
  }
}

/// The mathematics of a latent: from up to four numbers that the encoder gives for it to a sample.
///
/// Engines apply the rule to every latent of a batch, one after the other; where they know a kernel
/// that does the same, they take that instead.
public protocol LatentRule: Sendable {
  /// Numbers that the encoder gives for each latent, 1 to 4.
  var headCount: Int { get }

  /// What ε is drawn from.
  var noise: NoiseLaw { get }

  /// The sample and the divergence of one latent, in double precision.
  ///
  /// - Parameters:
  ///   - heads: the first `headCount` count, and one more where the prior has a further number.
  ///   - noise: ε.
  ///   - priorScale: s.
  func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw

  /// As `draw`, but with the posterior's mean for z and its variance beside it; nil where they are
  /// not known.
  func expect(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw?

  /// Whether mean and variance are all that is known of q as a function of the heads: z cannot be
  /// sampled with a gradient, and `draw` is `expect`. Posteriors with atoms are of this kind.
  var hasMomentsOnly: Bool { get }

  /// What the prior learns beside its scale; nil where there is nothing.
  var priorNumber: PriorNumber? { get }

  /// Whether the divergence does not depend on the noise.
  var isDivergenceClosed: Bool { get }

  /// A compiled kernel that does the same for whole batches; nil where there is none.
  var kernel: LatentKernel? { get }

  /// The same of latents with exact zeros or counts.
  var atomKernel: AtomKernel? { get }

  /// How latents are conditioned together; nil where they are independent.
  var structured: (any StructuredRule)? { get }
}

extension LatentRule {
  public func expect(
    _ heads: SIMD4<Double>, noise: Double, priorScale: Double
  ) -> LatentDraw? { nil }
  public var hasMomentsOnly: Bool { false }
  public var priorNumber: PriorNumber? { nil }
  public var isDivergenceClosed: Bool { false }
  public var kernel: LatentKernel? { nil }
  public var atomKernel: AtomKernel? { nil }
  public var structured: (any StructuredRule)? { nil }
}

/// How E_q[−log p(x | z)] is found.
public enum ExpectedLikelihood: String, Codable, CaseIterable, Sendable {
  /// From the posterior's mean and variance, where they determine it: for a linear decoder with
  /// Gaussian noise E‖x − Φᵀz − b‖² = ‖x − Φᵀm − b‖² + Σₖ Var(zₖ)·‖φₖ‖².
  case exact
  /// From samples of z.
  case sampled
}

/// The latents of a model as an engine works on them.
///
/// z is a sample, or the posterior's mean where the expected likelihood is exact.
public struct LatentUnits: Sendable {
  /// What the exact expected likelihood takes beside the mean.
  package struct Spread: Sendable {
    /// Φ, by which the variance of z comes into the reconstruction.
    package let filters: DenseWeights
    /// Number of Φ's packed copy.
    let copy: Int
    /// Var z, K units.
    package let variance: Buffer
    /// ∂Var z/∂head: of every head, or only of the kernel's ℓ, then in place of z's; not used with a
    /// kernel of atoms.
    package let slopes: Buffer
  }

  package let rule: any LatentRule
  package let kernel: LatentKernel?
  let atoms: AtomKernel?
  /// The rule's noise.
  let noiseLaw: NoiseLaw
  /// Whether a draw takes noise at all.
  let isNoisy: Bool
  /// Number of latents, K.
  package let count: Int
  /// The places of log s among the parameters: one for all latents, or one for each.
  package let logScales: Range<Int>
  /// The places of the prior's further numbers, one or K; nil where it has none.
  package let numbers: Range<Int>?
  /// `headCount` times K units, head after head; and ∂L/∂heads.
  package let heads: Buffer
  package let headGradient: Buffer
  /// ε, z, KL and ∂L/∂z, K units each.
  package let noise: Buffer
  package let z: Buffer
  package let divergence: Buffer
  package let zGradient: Buffer
  /// ∂z/∂head: of every head, or only of the kernel's ℓ, for its ∂z/∂μ is 1; with a kernel of atoms
  /// what it calls `share`.
  package let slopes: Buffer
  /// Nil where z is a sample.
  package let spread: Spread?
  /// Nil where latents are independent.
  package let structured: StructuredUnits?
  /// The divergence's gradient by the heads of samples after the first.
  package let sampleGradient: Buffer

  /// - Parameters:
  ///   - heads: the encoder's last units.
  ///   - headGradient: nil where no gradient is wanted; what kernels write of it is then left aside.
  ///   - samples: of z for each patch.
  ///   - filters: Φ of a linear decoder, to make the expected likelihood exact; nil to sample it.
  ///   - scalars: the places of log σ and log ω.
  package init(
    _ rule: any LatentRule, count: Int, logScales: Range<Int>, numbers: Range<Int>? = nil,
    heads: Buffer, headGradient: Buffer?, samples: Int, exactlyThrough filters: DenseWeights?,
    scalars: (logNoise: Int, logContrast: Int?), plan: inout BufferPlan
  ) {
    precondition(
      (1...(rule.priorNumber == nil ? 4 : 3)).contains(rule.headCount),
      "\(rule.headCount) heads for a latent")
    precondition(
      filters != nil || !rule.hasMomentsOnly,
      "latents that cannot be sampled, where the expected likelihood is not exact")
    precondition(
      heads.units == rule.headCount * count,
      "\(heads.units) units for \(rule.headCount) heads of \(count) latents")
    self.rule = rule
    self.count = count
    self.logScales = logScales
    self.numbers = numbers
    self.heads = heads
    kernel = rule.kernel
    atoms = rule.atomKernel
    let isCompiled = kernel != nil || atoms != nil
    noiseLaw = rule.noise
    isNoisy = filters == nil || !rule.isDivergenceClosed
    let own = filters.flatMap { filters in rule.structured.map { (rule: $0, filters: filters) } }
    let (centred, drive) = (
      plan.buffer(own?.filters.outputs ?? 0), plan.buffer(own == nil ? 0 : count)
    )
    noise = plan.buffer(own == nil ? count : 0)
    structured = own.map {
      StructuredUnits(
        rule: $0.rule, kernel: $0.rule.structuredKernel, filters: $0.filters,
        logNoise: scalars.logNoise, logContrast: scalars.logContrast,
        hasOwnScales: logScales.count > 1, centred: centred, drive: drive,
        priorVariance: plan.buffer(count), patch: plan.buffer(4))
    }
    z = plan.buffer(count)
    slopes = plan.buffer(own != nil ? 0 : isCompiled ? count : heads.units)
    if let filters, case .rows(_, let copy) = filters.storage {
      let variance = plan.buffer(count)
      spread = Spread(
        filters: filters, copy: copy, variance: variance,
        slopes: isCompiled || own != nil ? slopes : plan.buffer(heads.units))
    } else {
      spread = nil
    }
    divergence = plan.buffer(count)
    zGradient = plan.buffer(headGradient == nil || own != nil ? 0 : count)
    let spare = plan.buffer(headGradient == nil || samples > 1 ? heads.units : 0)
    sampleGradient = spare
    self.headGradient = headGradient ?? spare
  }

  /// What one latent makes of its heads: a sample or the moments.
  func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw {
    let expected =
      spread == nil ? nil : rule.expect(heads, noise: noise, priorScale: priorScale)
    return expected ?? rule.draw(heads, noise: noise, priorScale: priorScale)
  }

  /// Whether each latent has its own s.
  var hasOwnScales: Bool { logScales.count > 1 }

  /// The place of log s of a latent.
  func logScale(_ latent: Int) -> Int { logScales.lowerBound + (hasOwnScales ? latent : 0) }

  /// The place of a latent's prior number.
  func number(of latent: Int) -> Int? {
    numbers.map { $0.count == 1 ? $0.lowerBound : $0.lowerBound + latent }
  }

  /// The places of what a draw writes, but for the gradient.
  var drawn: Range<Int> { noise.places.lowerBound..<divergence.places.upperBound }

  /// Where the divergence's gradient of a sample goes: for the first straight to the heads', to
  /// which those of more are added.
  func gradient(sample: Int) -> Buffer { sample == 0 ? headGradient : sampleGradient }
}
