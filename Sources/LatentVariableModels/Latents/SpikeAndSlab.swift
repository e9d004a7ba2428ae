import Compute
import Distributions
import RealModule

/// Latents that are exactly zero or near a location: q(z) = (1 − γ)·δ₀ + γ·slab(z; μ, τ), with a head
/// for μ, one for ℓ = log τ and one for η = logit γ.
///
/// The slab is of the prior's family, Laplace or Gaussian. Mean γμ, variance γ(w + (1 − γ)μ²), where w
/// is the slab's own, 2τ² or τ², and KL are closed: nothing is sampled. Against a prior of active share
/// γ₀ whose slab has scale s,
///
///     KL = γ·KL(slab ‖ prior's slab) + γ log(γ/γ₀) + (1 − γ) log((1 − γ)/(1 − γ₀)).
///
/// Titsias & Lázaro-Gredilla 2011, "Spike and slab variational inference for multi-task and multiple
/// kernel learning"; with an encoder and samples, Tonolini, Jensen & Murray-Smith 2020.
public struct SpikeAndSlab: MomentLayer {
  /// p(z), with scale and active share at the start.
  public var prior: any PriorWithSpike
  /// The range in which ℓ is kept; outside it ℓ has no gradient.
  public var logScaleRange: ClosedRange<Float>

  /// - Parameters:
  ///   - prior: a `SpikeAndSlabPrior` or a `GaussianSpikeAndSlabPrior`.
  ///   - logScaleRange: must keep e^ℓ finite.
  public init(prior: any PriorWithSpike, logScaleRange: ClosedRange<Float>) {
    precondition(
      prior is SpikeAndSlabPrior || prior is GaussianSpikeAndSlabPrior,
      "the slab of \(type(of: prior).name) is neither Laplace nor Gaussian")
    (self.prior, self.logScaleRange) = (prior, logScaleRange)
  }

  public var heads: [String] { ["mean", "log_scale", "active_logit"] }
  public var priorScale: Double { prior.scale }
  public var noise: NoiseLaw { slab.noise }

  public var atomKernel: AtomKernel? {
    AtomKernel(
      prior is GaussianSpikeAndSlabPrior ? .gaussianSlab : .laplaceSlab, range: logScaleRange)
  }

  /// logit γ₀
  public var priorNumber: PriorNumber? {
    let logit = startLogit
    return PriorNumber("active_share_logit", isShared: true, start: logit...logit)
  }

  /// Latents begin as seldom active as the prior says.
  public var headStart: SIMD4<Double> { SIMD4(0, 0, startLogit, 0) }

  /// μ = 0, τ = s and γ = γ₀.
  public func silentHeads(priorScale: Double) -> SIMD4<Double> {
    SIMD4(0, Double.log(priorScale), startLogit, 0)
  }

  private var startLogit: Double {
    .log(prior.activeShare) - .log(onePlus: -prior.activeShare)
  }

  private var slab: any Posterior.Type {
    prior is GaussianSpikeAndSlabPrior ? GaussianPosterior.self : LaplacePosterior.self
  }

  public func moments(_ heads: SIMD4<Double>, priorScale: Double) -> LatentDraw {
    let logScale = heads[1].clamped(to: logScaleRange)
    guard heads[0].isFinite, logScale.isFinite, heads[2].isFinite else { return .nothing }
    var draw = Spike(logit: heads[2], priorLogit: heads[3]).mixed(
      with: slab.init(mean: heads[0], scale: .exp(logScale)), priorScale: priorScale)
    if logScale != heads[1] {
      draw.divergenceSlopes[1] = 0
      draw.varianceSlopes[1] = 0
    }
    return draw
  }

  /// μ where γ > ½, else 0.
  public func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double {
    heads[2] > 0 ? heads[0] : 0
  }

  public func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double {
    guard stream.uniform() < Spike(logit: heads[2], priorLogit: 0).share else { return 0 }
    return heads[0]
      + Double.exp(heads[1].clamped(to: logScaleRange)) * noise.sample(using: &stream)
  }
}

/// The spike of a posterior and of its prior, by logit γ and logit γ₀.
struct Spike {
  let logit, priorLogit: Double
  /// γ
  let share: Double

  init(logit: Double, priorLogit: Double) {
    (self.logit, self.priorLogit) = (logit, priorLogit)
    share = 1 / (1 + .exp(-logit))
  }

  /// Mean, variance and KL of (1 − γ)·δ₀ + γ·slab, with slopes by μ, ℓ and logit γ.
  func mixed(with slab: any Posterior, priorScale s: Double) -> LatentDraw {
    let found =
      slab is GaussianPosterior
      ? slab.divergence(fromGaussianOf: s) : slab.divergence(fromLaplaceOf: s)
    let (mean, rest) = (slab.mean, 1 / (1 + Double.exp(logit)))
    let own = type(of: slab).noise.variance * slab.scale * slab.scale
    let binary = share * (logit - priorLogit) - softplus(logit) + softplus(priorLogit)
    var draw = LatentDraw(
      z: share * mean, slopes: SIMD4(share, 0, share * rest * mean, 0),
      divergence: share * found.value + binary,
      divergenceSlopes: SIMD4(
        share * found.meanGradient, share * found.logScaleGradient,
        share * rest * (found.value + logit - priorLogit), 0),
      scaleSlope: share * found.logPriorScaleGradient(mean: mean))
    draw.variance = share * (own + rest * mean * mean)
    draw.varianceSlopes = SIMD4(
      2 * share * rest * mean, 2 * share * own,
      share * rest * (own + mean * mean - 2 * share * mean * mean), 0)
    draw.numberSlope = 1 / (1 + .exp(-priorLogit)) - share
    return draw
  }
}

/// log(1 + eˣ)
func softplus(_ x: Double) -> Double { max(x, 0) + .log(onePlus: .exp(-abs(x))) }

extension Double {
  func clamped(to range: ClosedRange<Float>) -> Double {
    Swift.min(Swift.max(self, Double(range.lowerBound)), Double(range.upperBound))
  }
}

extension LatentDraw {
  /// Of heads that are no numbers.
  static let nothing: LatentDraw = {
    let nothing = SIMD4(repeating: Double.nan)
    var draw = LatentDraw(
      z: .nan, slopes: nothing, divergence: .nan, divergenceSlopes: nothing, scaleSlope: .nan)
    (draw.variance, draw.varianceSlopes, draw.numberSlope) = (.nan, nothing, .nan)
    return draw
  }()
}

extension NoiseLaw {
  /// One ε.
  func sample(using stream: inout RandomStream) -> Double {
    self == .normal ? stream.normal() : stream.laplace()
  }
}
