import Compute
import Distributions
import RealModule

/// log p(x) by annealed importance sampling over latents (Neal 2001).
///
/// Chains start from exact draws of the prior and pass through p(z)·p(x|z)^{βₜ} with
/// 0 = β₀ < … < β_T = 1, by one Hamiltonian transition at each temperature in between. Their
/// weights, log w = Σₜ (βₜ − βₜ₋₁)·log p(x|zₜ₋₁), belong to that start: E[w] = p(x), so that
/// log of their mean is a lower bound on log p(x) in expectation, and comes closer with more
/// temperatures.
///
/// Step sizes are found by a few pilot chains with random numbers of their own and then kept, which
/// leaves the weights unbiased.
public struct AnnealedImportanceSampling: Hashable, Sendable, Codable {
  /// T, steps from the prior to the posterior.
  public var temperatures = 500
  /// Independent chains per observation, whose weights are averaged.
  public var chains = 16
  /// Steps of each Hamiltonian trajectory.
  public var leapfrogSteps = 10
  /// The rate of acceptance that the pilot chains aim at.
  public var targetAcceptance = 0.75
  /// Seeds the random numbers; each observation has its own stream.
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

  /// βₜ = ((1 + r)^{t/T} − 1)/r for t = 0 … T, where r is the precision that the observation adds
  /// to a latent's, relative to its prior's: Var z·curvature, averaged over latents with the
  /// curvature as weight.
  ///
  /// For a Gaussian prior and equal curvatures these steps are equally long in the Fisher metric of
  /// p(z)·p(x|z)^β, which makes the variance of log w the least.
  public func schedule(
    for likelihood: LinearGaussianLikelihood, prior: some Prior
  ) -> [Double] {
    precondition(temperatures >= 1, "\(temperatures) temperatures")
    let curvatures = likelihood.curvatures.prefix(likelihood.latents)
    let sum = curvatures.reduce(0, +)
    let typical = sum > 0 ? curvatures.reduce(0) { $0 + $1 * $1 } / sum : 0
    let growth = Double.log(onePlus: prior.usualVariance * typical)
    return (0...temperatures).map { t in
      let place = Double(t) / Double(temperatures)
      if t == temperatures || growth < 1e-6 { return place }
      return (.exp(growth * place) - 1) / (.exp(growth) - 1)
    }
  }

  /// log p(x) of each row of `patches`, `[patches, pixels]`, in parallel over patches.
  public func estimates(
    of patches: Matrix, decoder: LinearGaussianDecoder, prior: some Prior,
    team: ThreadTeam
  ) -> [Estimate] {
    team.map(patches.rows) {
      estimate(decoder.likelihood(of: patches.row($0)), prior: prior, index: $0)
    }
  }

  /// log p(x) of one observation.
  ///
  /// - Parameter index: which observation it is; tells its random numbers from the others'.
  public func estimate(
    _ likelihood: LinearGaussianLikelihood, prior: some Prior, index: Int
  ) -> Estimate {
    var stream = stream(index, .forward)
    let start = draw(prior, rows: chains, for: likelihood, using: &stream)
    return anneal(start, likelihood, prior, index: index, isReversed: false, using: &stream)
  }

  /// The same chains run backwards from an exact draw z of the posterior p(z|x), which is to be had
  /// for simulated data: E[1/w] = 1/p(x).
  ///
  /// - Parameter posteriorSample: one element per coordinate.
  /// - Returns: the weights w; −log (1/n)Σ 1/w is in expectation an upper bound on log p(x).
  public func reverseEstimate(
    _ likelihood: LinearGaussianLikelihood, prior: some Prior,
    posteriorSample: some Collection<Float>, index: Int
  ) -> Estimate {
    precondition(
      posteriorSample.count == likelihood.coordinates,
      "\(posteriorSample.count) coordinates for \(likelihood.coordinates)")
    let start = Matrix(
      rows: chains, columns: likelihood.coordinates,
      elements: (0..<chains).flatMap { _ in posteriorSample })
    var stream = stream(index, .reverse)
    return anneal(start, likelihood, prior, index: index, isReversed: true, using: &stream)
  }

  /// The weights of chains from `start` through all temperatures, upwards or downwards, with a
  /// transition between one temperature's weight and the next.
  private func anneal(
    _ start: Matrix, _ likelihood: LinearGaussianLikelihood, _ prior: some Prior, index: Int,
    isReversed: Bool, using stream: inout RandomStream
  ) -> Estimate {
    let steps = stepSizes(for: likelihood, prior: prior, index: index)
    var sampler = HamiltonianMonteCarlo(
      prior: prior, likelihood: likelihood, leapfrogSteps: leapfrogSteps, chains: chains)
    var state = sampler.chains(at: start)
    var logWeights = [Double](repeating: 0, count: chains)
    var acceptance = 0.0
    let betas = schedule(for: likelihood, prior: prior)
    for step in 1...temperatures {
      let t = isReversed ? temperatures + 1 - step : step
      for chain in 0..<chains {
        logWeights[chain] += (betas[t] - betas[t - 1]) * state.logLikelihoods[chain]
      }
      // The weights do not see where the chains go from the last temperature.
      if step == temperatures { break }
      let between = isReversed ? t - 1 : t
      acceptance += sampler.transition(
        &state, inverseTemperature: betas[between], stepSize: steps[between], using: &stream)
    }
    return Estimate(
      logWeights: logWeights, acceptance: acceptance / Double(max(1, temperatures - 1)))
  }

  /// ε for each temperature, from pilot chains: log ε follows the difference between the rate of
  /// acceptance and its target.
  private func stepSizes(
    for likelihood: LinearGaussianLikelihood, prior: some Prior, index: Int
  ) -> [Double] {
    let pilots = min(4, chains)
    var stream = stream(index, .pilot)
    var sampler = HamiltonianMonteCarlo(
      prior: prior, likelihood: likelihood, leapfrogSteps: leapfrogSteps, chains: pilots)
    var state = sampler.chains(
      at: draw(prior, rows: pilots, for: likelihood, using: &stream))
    let betas = schedule(for: likelihood, prior: prior)
    var steps = [Double](repeating: 0.3, count: temperatures + 1)
    var step = 0.3
    for t in 1...temperatures {
      for _ in 0..<(t == 1 ? 20 : 1) {
        let acceptance = sampler.transition(
          &state, inverseTemperature: betas[t], stepSize: step, using: &stream)
        step = min(max(step * .exp(0.2 * (acceptance - targetAcceptance)), 1e-4), 2)
      }
      steps[t] = step
    }
    return steps
  }

  private enum Role: Int { case forward, pilot, reverse }

  private func stream(_ index: Int, _ role: Role) -> RandomStream {
    RandomStream(seed: seed, purpose: .evaluation, step: 3 * index + role.rawValue)
  }
}

/// Independent draws of all coordinates, `[rows, coordinates]`.
private func draw(
  _ prior: some Prior, rows: Int, for likelihood: LinearGaussianLikelihood,
  using stream: inout RandomStream
) -> Matrix {
  draw(
    prior, rows: rows, columns: likelihood.latents, contrast: likelihood.contrast, using: &stream)
}

/// Independent draws, `[rows, columns]`, and a last column of log contrasts where there are any.
func draw(
  _ prior: some Prior, rows: Int, columns: Int, contrast: Double? = nil,
  using stream: inout RandomStream
) -> Matrix {
  var codes = Matrix(rows: rows, columns: columns + (contrast == nil ? 0 : 1))
  for row in 0..<rows {
    for column in 0..<columns { codes[row, column] = Float(prior.sample(using: &stream)) }
    if let contrast { codes[row, columns] = Float(contrast * stream.normal()) }
  }
  return codes
}
