import Compute
import Distributions
import RealModule

/// log p(x) by annealed importance sampling over latents (Neal 2001).
///
/// Chains start from draws of the Gaussian q(z) that comes closest to the patch's posterior and pass
/// through q(z)^{1−βₜ}·p(x, z)^{βₜ} with 0 = β₀ < … < β_T = 1, by one Hamiltonian transition at each
/// temperature in between. Their weights, log w = Σₜ (βₜ − βₜ₋₁)·log p(x, zₜ₋₁)/q(zₜ₋₁), belong to that
/// start: E[w] = p(x), so that log of their mean is a lower bound on log p(x) in expectation, and comes
/// closer with more temperatures.
///
/// q needs the decoder and the prior alone, so that every model is measured alike, whatever its
/// posterior. A contrast is integrated out of p(z).
public struct AnnealedImportanceSampling: Hashable, Sendable, Codable {
  /// T, steps from the Gaussian to the posterior.
  public var temperatures = 500
  /// Independent chains per observation, whose weights are averaged; sixteen at a time go together.
  public var chains = 16
  /// Steps of each Hamiltonian trajectory.
  public var leapfrogSteps = 2
  /// The rate of acceptance that the pilot chains aim at.
  public var targetAcceptance = 0.75
  /// Seeds the random numbers; each observation has its own.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// What the chains of one observation found.
  public struct Estimate: Hashable, Sendable, Codable {
    /// The logarithm of each chain's weight, in nats.
    public let logWeights: [Double]
    /// Average rate of acceptance over all temperatures.
    public let acceptance: Double
    /// log (1/n)Σw in nats: in expectation a lower bound on log p(x).
    public var logLikelihood: Double { ImportanceWeights.logMean(logWeights) }
    /// (Σw)²/Σw², of n chains.
    public var effectiveSampleSize: Double { ImportanceWeights.effectiveSampleSize(logWeights) }
  }

  /// log p(x) of each row of `patches`, `[patches, pixels]`, in parallel over patches.
  ///
  /// - Parameter first: the number of the first patch, which tells its random numbers from others'.
  /// - Precondition: with a contrast the prior is a Laplace one.
  public func estimates(
    of patches: Matrix, first: Int = 0, decoder: LinearGaussianDecoder, prior: some Prior,
    team: ThreadTeam
  ) -> [Estimate] {
    let target = LatentTarget(decoder, prior)
    return team.map(patches.rows) {
      estimate(of: patches.row($0), target, index: first + $0)
    }
  }

  /// log p(x) of one observation.
  ///
  /// - Parameter index: which observation it is; tells its random numbers from the others'.
  func estimate(
    of patch: some Collection<Float>, _ target: LatentTarget, index: Int
  ) -> Estimate {
    anneal(patch, target, index, .forward)
  }

  /// The same chains run backwards from an exact draw z of the posterior p(z|x), which is to be had
  /// for simulated data: E[1/w] = 1/p(x).
  ///
  /// - Returns: the weights w; −log (1/n)Σ 1/w is in expectation an upper bound on log p(x).
  func reverseEstimate(
    of patch: some Collection<Float>, _ target: LatentTarget,
    posteriorSample: some Collection<Float>, index: Int
  ) -> Estimate {
    precondition(
      posteriorSample.count == target.decoder.latents,
      "\(posteriorSample.count) latents for \(target.decoder.latents)")
    return anneal(patch, target, index, .reverse, from: Array(posteriorSample))
  }

  /// The weights of chains through all temperatures, upwards or downwards, with a transition between
  /// one temperature's weight and the next.
  private func anneal(
    _ patch: some Collection<Float>, _ target: LatentTarget, _ index: Int, _ role: Role,
    from sample: [Float]? = nil
  ) -> Estimate {
    precondition(
      patch.count == target.decoder.pixels,
      "\(patch.count) pixels for a decoder of \(target.decoder.pixels)")
    precondition(temperatures >= 1 && chains >= 1, "\(temperatures) temperatures, \(chains) chains")
    guard let gaussian = GaussianApproximation.best(for: patch, target) else {
      return Estimate(logWeights: [Double](repeating: .nan, count: chains), acceptance: 0)
    }
    let group = HamiltonianChains(target, gaussian, leapfrogSteps: leapfrogSteps)
    let path = AnnealingPath(
      temperatures: temperatures, leapfrogSteps: leapfrogSteps,
      targetAcceptance: targetAcceptance, hasWideTails: target.prior.variance == nil,
      pilots: group, noise: noise(index, .pilot))
    var noise = noise(index, role)
    var (logWeights, accepted) = ([Double](), 0.0)
    while logWeights.count < chains {
      if let sample { group.start(at: sample) } else { group.start(using: &noise) }
      let found = weights(of: group, along: path, isReversed: role == .reverse, using: &noise)
      let used = min(HamiltonianChains.lanes, chains - logWeights.count)
      logWeights += found.logWeights.prefix(used).map { $0 + gaussian.logEvidence }
      accepted += found.acceptance.prefix(used).reduce(0, +)
    }
    return Estimate(logWeights: logWeights, acceptance: accepted / Double(chains))
  }

  private func weights(
    of group: HamiltonianChains, along path: AnnealingPath, isReversed: Bool,
    using noise: inout HamiltonianChains.Noise
  ) -> (logWeights: [Double], acceptance: [Double]) {
    var logWeights = [Double](repeating: 0, count: HamiltonianChains.lanes)
    var acceptance = logWeights
    for step in 1...temperatures {
      let t = isReversed ? temperatures + 1 - step : step
      for lane in 0..<HamiltonianChains.lanes {
        logWeights[lane] += (path.betas[t] - path.betas[t - 1]) * group.excess[lane]
      }
      // The weights do not see where the chains go from the last temperature.
      if step == temperatures { break }
      let between = isReversed ? t - 1 : t
      let accepted = group.transition(
        inverseTemperature: path.betas[between], angle: path.angles[between], using: &noise)
      for lane in 0..<HamiltonianChains.lanes {
        acceptance[lane] += accepted[lane] / Double(temperatures - 1)
      }
    }
    return (logWeights, acceptance)
  }

  private enum Role: Int { case forward, pilot, reverse }

  private func noise(_ index: Int, _ role: Role) -> HamiltonianChains.Noise {
    HamiltonianChains.Noise(seed: seed, step: 3 * index + role.rawValue)
  }
}
