import Compute
import Distributions
import RealModule

/// Hamiltonian Monte Carlo on p(z)·p(x|z)^β for many chains at once (Neal 2011).
///
/// Coordinate k moves in steps ε·aₖ with aₖ = (1/Var zₖ + β·curvatureₖ)^{−½} (of a prior without
/// variance, 1/scale²), which is the usual method after rescaling each. For each transition of each
/// chain ε is multiplied by a number drawn from (0.8, 1.2), so that no chain runs in circles.
struct HamiltonianMonteCarlo<Density: Prior> {
  let prior: Density
  let likelihood: LinearGaussianLikelihood
  /// Steps of each trajectory.
  let leapfrogSteps: Int

  private let curvatures: [Double]
  private let precisions: [Double]
  private var momenta: Matrix
  private var scores: Matrix
  private var stepSizes: [Float]
  private var jitter: [Float]

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
    let precision = 1 / prior.usualVariance
    precisions =
      [Double](repeating: precision, count: likelihood.latents)
      + (likelihood.contrast.map { [1 / ($0 * $0)] } ?? [])
    momenta = Matrix(rows: chains, columns: likelihood.coordinates)
    scores = momenta
    stepSizes = [Float](repeating: 0, count: likelihood.coordinates)
    jitter = [Float](repeating: 1, count: chains)
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
    for row in 0..<rows { jitter[row] = Float(stream.uniform(0.8, 1.2)) }
    for k in 0..<latents {
      stepSizes[k] = Float(
        stepSize / .sqrt(precisions[k] + inverseTemperature * curvatures[k]))
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
      let gain = after - before[row]
      // A trajectory that diverged is at no point at all; min(0, NaN) would be 0.
      let probability = gain.isNaN ? 0 : Double.exp(min(0, gain))
      let isAccepted = stream.uniform() < probability
      accepted += probability
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
      let codes = chains.codes.row(row)
      chains.logPriors[row] = codes.prefix(likelihood.latents).reduce(0) {
        $0 + prior.logDensity(Double($1))
      }
      if let spread = likelihood.contrast, let log = codes.last {
        chains.logPriors[row] += GaussianPrior(scale: spread).logDensity(Double(log))
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
    let (prior, scores, stepSizes, jitter) = (prior, scores.elements, stepSizes, jitter)
    let (count, spread) = (likelihood.latents, likelihood.contrast ?? 1)
    codes.elements.withUnsafeBufferPointer { codes in
      momenta.elements.withUnsafeMutableBufferPointer { momenta in
        for index in codes.indices {
          let (row, coordinate) = index.quotientAndRemainder(dividingBy: latents)
          let code = Double(codes[index])
          let own = coordinate < count ? prior.score(code) : -code / (spread * spread)
          let step = fraction * jitter[row] * stepSizes[coordinate]
          momenta[index] += step * (beta * scores[index] + Float(own))
        }
      }
    }
  }

  /// z ← z + ε·a·p.
  private func drift(_ codes: inout Matrix) {
    let latents = codes.columns
    codes.elements.withUnsafeMutableBufferPointer { codes in
      for index in codes.indices {
        let (row, coordinate) = index.quotientAndRemainder(dividingBy: latents)
        codes[index] += jitter[row] * stepSizes[coordinate] * momenta.elements[index]
      }
    }
  }
}

extension Prior {
  /// Var z, or scale² where that is infinite.
  var usualVariance: Double { variance ?? scale * scale }
}
