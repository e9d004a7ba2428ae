import Compute
import Distributions
import RealModule

/// How far annealed importance sampling can be off, on data simulated from the model itself.
///
/// For simulated pairs (z, x) the latents are an exact draw of the posterior p(z|x). Chains from
/// the Gaussian give a lower bound on log p(x) and chains back from z an upper bound, each in
/// expectation (Grosse, Ancha & Roy 2016); between them lies log p(x).
public struct BidirectionalMonteCarlo: Hashable, Sendable, Codable {
  /// The settings of the chains.
  public var sampling = AnnealedImportanceSampling()

  /// The defaults.
  public init() {}

  /// What is known of log p(x) for each simulated patch, in nats.
  public struct Bracket: Hashable, Sendable, Codable {
    /// Lower bounds in expectation.
    public let lower: [Double]
    /// Upper bounds in expectation.
    public let upper: [Double]
    /// The mean of upper − lower in nats per patch: how far either can be off on average.
    public var meanGap: Double {
      zip(upper, lower).reduce(0) { $0 + $1.0 - $1.1 } / Double(lower.count)
    }
  }

  /// Simulates `count` patches and brackets their log p(x), in parallel over patches.
  ///
  /// - Precondition: with a contrast the prior is a Laplace one.
  public func bracket(
    count: Int, decoder: LinearGaussianDecoder, prior: some Prior, team: ThreadTeam
  ) -> Bracket {
    precondition(count > 0, "a bracket on \(count) patches")
    return bracket(0..<count, of: count, decoder: decoder, prior: prior, team: team)
  }

  /// The bounds of some of `count` simulated patches: parts give what the whole gives.
  package func bracket(
    _ indices: Range<Int>, of count: Int, decoder: LinearGaussianDecoder, prior: some Prior,
    team: ThreadTeam
  ) -> Bracket {
    let target = LatentTarget(decoder, prior)
    let simulated = simulate(count: count, decoder: decoder, prior: prior)
    let bounds = team.map(indices.count) {
      self.bounds(of: simulated, target, index: indices.lowerBound + $0)
    }
    return Bracket(lower: bounds.map(\.lower), upper: bounds.map(\.upper))
  }

  /// Latents and patches, a row each.
  struct Simulated {
    var codes: Matrix
    var patches: Matrix
  }

  /// The bounds of one simulated patch.
  func bounds(
    of simulated: Simulated, _ target: LatentTarget, index: Int
  ) -> (lower: Double, upper: Double) {
    let patch = simulated.patches.row(index)
    let forward = sampling.estimate(of: patch, target, index: index)
    let reverse = sampling.reverseEstimate(
      of: patch, target, posteriorSample: simulated.codes.row(index), index: index)
    return (
      forward.logLikelihood, -ImportanceWeights.logMean(reverse.logWeights.map { -$0 })
    )
  }

  /// Draws z from the prior, times a contrast where there is one, and x = Φᵀz + b + σ·noise.
  func simulate(
    count: Int, decoder: LinearGaussianDecoder, prior: some Prior
  ) -> Simulated {
    // Another seed: the chains must not start from the same numbers.
    var stream = RandomStream(seed: ~sampling.seed, purpose: .evaluation)
    var codes = Matrix(rows: count, columns: decoder.latents)
    for row in 0..<count {
      let contrast = decoder.contrast.map { Double.exp($0 * stream.normal()) } ?? 1
      for column in 0..<decoder.latents {
        codes[row, column] = Float(contrast * prior.sample(using: &stream))
      }
    }
    var patches = decoder.decode(codes)
    let deviation = Double.sqrt(decoder.noiseVariance)
    for index in patches.elements.indices {
      patches.elements[index] += Float(deviation * stream.normal())
    }
    return Simulated(codes: codes, patches: patches)
  }
}
