import Compute
import Distributions
import RealModule

/// Latents that count: z = a·n with n ~ Poisson(λ), λ = r·e^d, with a head for d = log(λ/r).
///
/// r is the prior's rate, learned for each latent, and a the size of a spike. Mean aλ, variance a²λ and
/// KL = r·(1 − δ + δ log δ), δ = λ/r, are closed: nothing is sampled. Vafaii, Galor & Yates 2024,
/// "Poisson variational autoencoder".
public struct PoissonCounts: MomentLayer {
  /// p(z), with spike size and the middle of the rates at the start.
  public var prior: PoissonPrior

  /// Latents with this prior.
  public init(prior: PoissonPrior) { self.prior = prior }

  /// log λ is kept in this range, at most 55 counts; outside it d has no gradient.
  public static let logRateRange: ClosedRange<Float> = -30...4

  public var heads: [String] { ["log_ratio"] }
  public var priorScale: Double { prior.scale }
  public var noise: NoiseLaw { .normal }

  public var atomKernel: AtomKernel? { AtomKernel(.counts, range: Self.logRateRange) }

  /// log r
  public var priorNumber: PriorNumber? {
    PriorNumber(
      "prior_log_rate", isShared: false, start: prior.logRate - 1...prior.logRate + 1)
  }

  /// λ = r
  public func silentHeads(priorScale: Double) -> SIMD4<Double> { .zero }

  public func moments(_ heads: SIMD4<Double>, priorScale a: Double) -> LatentDraw {
    let sum = heads[0] + heads[1]
    let logRate = sum.clamped(to: Self.logRateRange)
    guard sum.isFinite else { return .nothing }
    let inside = logRate == sum ? 1.0 : 0
    let (rate, prior, excess) = (Double.exp(logRate), Double.exp(heads[1]), logRate - heads[1])
    var draw = LatentDraw(
      z: a * rate, slopes: SIMD4(inside * a * rate, 0, 0, 0),
      divergence: prior - rate + rate * excess,
      divergenceSlopes: SIMD4(inside * rate * excess, 0, 0, 0), scaleSlope: 0)
    draw.variance = a * a * rate
    draw.varianceSlopes = SIMD4(inside * draw.variance, 0, 0, 0)
    draw.numberSlope = prior - rate
    return draw
  }

  private func rate(_ heads: SIMD4<Double>) -> Double {
    .exp((heads[0] + heads[1]).clamped(to: Self.logRateRange))
  }

  /// a·⌊λ⌋, a most probable count.
  public func mode(_ heads: SIMD4<Double>, priorScale: Double) -> Double {
    priorScale * rate(heads).rounded(.down)
  }

  public func sample(
    _ heads: SIMD4<Double>, priorScale: Double, using stream: inout RandomStream
  ) -> Double {
    priorScale * Double(stream.poisson(rate: rate(heads)))
  }
}
