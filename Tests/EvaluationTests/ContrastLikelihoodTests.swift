import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import Evaluation

/// Annealed importance sampling where patches have a contrast, and what it must not accept.
@Suite struct ContrastLikelihoodTests {
  private func decoder(latents: Int, pixels: Int, contrast: Double?) -> LinearGaussianDecoder {
    var filters = NoiseFilters.white(filters: latents, pixels: pixels, seed: 3)
    for index in filters.elements.indices { filters.elements[index] /= Float(pixels).squareRoot() }
    return LinearGaussianDecoder(
      filters: filters, bias: [Float](repeating: 0.1, count: pixels), noiseVariance: 0.1,
      contrast: contrast)
  }

  @Test func `with one latent and a contrast the estimate equals the integral`() {
    let team = ThreadTeam(count: 2)
    let prior = LaplacePrior(scale: 0.5)
    let decoder = decoder(latents: 1, pixels: 3, contrast: 0.6)
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 1000
    sampling.temperatures = 100
    let patches = Matrix(
      rows: 3, columns: 3, elements: [0.3, -0.2, 0.9, 2, 1, -1, 0.1, 0.1, 0.1])
    let estimates = sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team)
    for (row, estimate) in estimates.enumerated() {
      let likelihood = decoder.likelihood(of: patches.row(row))
      let spread = GaussianPrior(scale: 0.6)
      func density(_ u: Double, _ v: Double) -> Double {
        var values = [0.0]
        likelihood.logLikelihoods(
          of: Matrix(rows: 1, columns: 2, elements: [Float(u), Float(v)]), into: &values)
        return Double.exp(values[0] + prior.logDensity(u) + spread.logDensity(v))
      }
      func slice(_ v: Double) -> Double {
        integral(from: -12, to: 0, pieces: 60) { density($0, v) }
          + integral(from: 0, to: 12, pieces: 60) { density($0, v) }
      }
      let truth = Double.log(integral(from: -4, to: 4, pieces: 20, of: slice))
      #expect(abs(estimate.logLikelihood - truth) < 0.03, "\(truth), \(estimate.logLikelihood)")
    }
  }

  /// Not of a Gaussian prior alone, with a contrast and without.
  @Test(arguments: [nil, 0.5], [PriorFamily.laplace, .studentT])
  func `the bracket closes with more temperatures`(_ contrast: Double?, _ prior: PriorFamily) throws
  {
    let team = ThreadTeam(count: 2)
    let decoder = decoder(latents: 12, pixels: 8, contrast: contrast)
    func gap<Density: Prior>(_ temperatures: Int, _ density: Density) -> Double {
      var method = BidirectionalMonteCarlo()
      method.sampling.temperatures = temperatures
      method.sampling.chains = 4
      return method.bracket(count: 24, decoder: decoder, prior: density, team: team).meanGap
    }
    let density = try prior.prior(scale: 0.4, shape: [:])
    let (few, many) = (gap(8, density), gap(200, density))
    #expect(many < few, "\(few), \(many)")
    #expect(many < 1.2 && many > -0.3, "\(many)")
  }

  @Test func `scores are the derivatives of the log-likelihood`() {
    let decoder = decoder(latents: 4, pixels: 6, contrast: 0.5)
    let likelihood = decoder.likelihood(of: [1, -0.5, 0.2, 0.4, -1, 0.3])
    let point: [Float] = [0.4, -0.3, 0.8, 0.1, 0.35]
    var scores = Matrix(rows: 1, columns: 5)
    likelihood.scores(of: Matrix(rows: 1, columns: 5, elements: point), into: &scores)
    for coordinate in 0..<5 {
      let slope = derivative(at: Double(point[coordinate]), step: 0.02) { value in
        var moved = point
        moved[coordinate] = Float(value)
        var values = [0.0]
        likelihood.logLikelihoods(
          of: Matrix(rows: 1, columns: 5, elements: moved), into: &values)
        return values[0]
      }
      #expect(abs(Double(scores[0, coordinate]) - slope) < 2e-3 * (1 + abs(slope)))
    }
  }

  @Test func `a trajectory that diverged is not accepted`() {
    let decoder = decoder(latents: 4, pixels: 6, contrast: nil)
    let likelihood = decoder.likelihood(of: [1, -0.5, 0.2, 0.4, -1, 0.3])
    var sampler = HamiltonianMonteCarlo(
      prior: GaussianPrior(scale: 1), likelihood: likelihood, leapfrogSteps: 200, chains: 3)
    var stream = RandomStream(seed: 2, purpose: .evaluation)
    var chains = sampler.chains(at: Matrix(rows: 3, columns: 4))
    let acceptance = sampler.transition(
      &chains, inverseTemperature: 1, stepSize: 1000, using: &stream)
    #expect(acceptance == 0)
    #expect(chains.codes.elements.allSatisfy { $0 == 0 })
    #expect(chains.logLikelihoods.allSatisfy { $0.isFinite })
  }
}
