import Compute
import Distributions
import RealModule

/// Hamiltonian Monte Carlo on p(z)·p(x|z)^β for many chains at once (Neal 2011).
///
/// Latent k moves in steps ε·aₖ with aₖ = (1/scale² + β·curvatureₖ)^{−½}, which is the usual
/// method after rescaling each latent. For each transition ε is multiplied by a number drawn from
/// (0.8, 1.2), so that no chain runs in circles.
struct HamiltonianMonteCarlo<Density: Prior> {
  let prior: Density
  let likelihood: LinearGaussianLikelihood
  /// Steps of each trajectory.
  let leapfrogSteps: Int

  private let curvatures: [Double]
  private var momenta: Matrix
  private var scores: Matrix
  private var stepSizes: [Float]

  /// Chains and the terms of their energies, kept in step.
  struct Chains {
    /// z, `[chains, latents]`.
    fileprivate(set) var codes: Matrix
    /// log p(z).
    fileprivate(set) var logPriors: [Double]
    /// log p(x|z).
    fileprivate(set) var logLikelihoods: [Double]
  }

  init(prior: Density, likelihood: LinearGaussianLikelihood, leapfrogSteps: Int, chains: Int) {
    precondition(
      leapfrogSteps >= 1 && chains >= 1, "\(leapfrogSteps) leapfrog steps of \(chains) chains")
    self.prior = prior
    self.likelihood = likelihood
    self.leapfrogSteps = leapfrogSteps
    curvatures = likelihood.curvatures
    momenta = Matrix(rows: chains, columns: likelihood.latents)
    scores = momenta
    stepSizes = [Float](repeating: 0, count: likelihood.latents)
  }

  /// Chains that stand at `codes`.
  func chains(at codes: Matrix) -> Chains {
    var chains = Chains(
      codes: codes, logPriors: [Double](repeating: 0, count: codes.rows),
      logLikelihoods: [Double](repeating: 0, count: codes.rows))
    evaluate(&chains)
    return chains
  }

  /// One transition that leaves p(z)·p(x|z)^β invariant and is reversible with respect to it.
  ///
  /// - Returns: the mean probability of acceptance.
  mutating func transition(
    _ chains: inout Chains, inverseTemperature: Double, stepSize: Double,
    using stream: inout RandomStream
  ) -> Double {
    let (rows, latents) = (chains.codes.rows, chains.codes.columns)
    let jittered = stepSize * stream.uniform(0.8, 1.2)
    let precision = 1 / (prior.scale * prior.scale)
    for k in 0..<latents {
      stepSizes[k] = Float(
        jittered / .sqrt(precision + inverseTemperature * curvatures[k]))
    }
    for index in 0..<rows * latents { momenta.elements[index] = Float(stream.normal()) }
    let before = (0..<rows).map {
      chains.logPriors[$0] + inverseTemperature * chains.logLikelihoods[$0] - kineticEnergy($0)
    }

    var proposal = chains
    kick(proposal.codes, inverseTemperature, fraction: 0.5)
    for step in 1...leapfrogSteps {
      drift(&proposal.codes)
      kick(proposal.codes, inverseTemperature, fraction: step < leapfrogSteps ? 1 : 0.5)
    }
    evaluate(&proposal)

    var accepted = 0.0
    for row in 0..<rows {
      let after =
        proposal.logPriors[row] + inverseTemperature * proposal.logLikelihoods[row]
        - kineticEnergy(row)
      let probability = Double.exp(min(0, after - before[row]))
      // Where a trajectory diverged the probability is not a number, and this is false.
      let isAccepted = stream.uniform() < probability
      if probability.isFinite { accepted += probability }
      if isAccepted {
        chains.logPriors[row] = proposal.logPriors[row]
        chains.logLikelihoods[row] = proposal.logLikelihoods[row]
        for index in row * latents..<(row + 1) * latents {
          chains.codes.elements[index] = proposal.codes.elements[index]
        }
      }
    }
    return accepted / Double(rows)
  }

  private func evaluate(_ chains: inout Chains) {
    for row in 0..<chains.codes.rows {
      chains.logPriors[row] = chains.codes.row(row).reduce(0) {
        $0 + prior.logDensity(Double($1))
      }
    }
    likelihood.logLikelihoods(of: chains.codes, into: &chains.logLikelihoods)
  }

  private func kineticEnergy(_ row: Int) -> Double {
    0.5 * momenta.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
  }

  /// p ← p + fraction·ε·a·∂(log p(z) + β·log p(x|z))/∂z.
  private mutating func kick(_ codes: Matrix, _ inverseTemperature: Double, fraction: Float) {
    likelihood.scores(of: codes, into: &scores)
    let (latents, beta) = (codes.columns, Float(inverseTemperature))
    let (prior, scores, stepSizes) = (prior, scores.elements, stepSizes)
    codes.elements.withUnsafeBufferPointer { codes in
      momenta.elements.withUnsafeMutableBufferPointer { momenta in
        for index in codes.indices {
          let score = beta * scores[index] + Float(prior.score(Double(codes[index])))
          momenta[index] += fraction * stepSizes[index % latents] * score
        }
      }
    }
  }

  /// z ← z + ε·a·p.
  private func drift(_ codes: inout Matrix) {
    let latents = codes.columns
    codes.elements.withUnsafeMutableBufferPointer { codes in
      for index in codes.indices {
        codes[index] += stepSizes[index % latents] * momenta.elements[index]
      }
    }
  }
}
