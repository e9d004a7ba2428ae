import Compute
import Distributions
import RealModule

/// How far annealed importance sampling can be off, on data simulated from the model itself.
///
/// For simulated pairs (z, x) the latents are an exact draw of the posterior p(z|x). Chains from
/// the prior give a lower bound on log p(x) and chains back from z an upper bound, each in
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
  public func bracket(
    count: Int, decoder: LinearGaussianDecoder, prior: some Prior, team: ThreadTeam
  ) -> Bracket {
    precondition(count > 0, "a bracket on \(count) patches")
    let (codes, patches) = simulate(count: count, decoder: decoder, prior: prior)
    let bounds = team.map(count) { index in
      let likelihood = decoder.likelihood(of: patches.row(index))
      let forward = sampling.estimate(likelihood, prior: prior, index: index)
      let reverse = sampling.reverseEstimate(
        likelihood, prior: prior, posteriorSample: codes.row(index), index: index)
      return (
        forward.logLikelihood, -ImportanceWeights.logMean(reverse.logWeights.map { -$0 })
      )
    }
    return Bracket(lower: bounds.map(\.0), upper: bounds.map(\.1))
  }

  /// Draws z from the prior and x = Φᵀz + b + σ·noise.
  func simulate(
    count: Int, decoder: LinearGaussianDecoder, prior: some Prior
  ) -> (codes: Matrix, patches: Matrix) {
    // Another seed: the chains must not start from the same numbers.
    var stream = RandomStream(seed: ~sampling.seed, purpose: .evaluation)
    let codes = draw(
      prior, rows: count, columns: decoder.latents, contrast: decoder.contrast, using: &stream)
    var patches = decoder.decode(codes)
    let deviation = Double.sqrt(decoder.noiseVariance)
    for index in patches.elements.indices {
      patches.elements[index] += Float(deviation * stream.normal())
    }
    return (codes, patches)
  }
}
