import Compute
import Distributions
import RealModule
import Testing

@testable import Evaluation

@Suite struct HamiltonianMonteCarloTests {
  @Test func `a transition keeps the distribution it is made for`() {
    let (scale, noise, x) = (1.0, 0.5, 1.2)
    let decoder = LinearGaussianDecoder(
      filters: Matrix(rows: 1, columns: 1, elements: [1]), bias: [0], noiseVariance: noise)
    let chains = 40_000
    for beta in [0.3, 1] {
      let precision = 1 / (scale * scale) + beta / noise
      let (mean, deviation) = (beta * x / noise / precision, Double.sqrt(1 / precision))
      var stream = RandomStream(seed: 12, purpose: .evaluation)
      var sampler = HamiltonianMonteCarlo(
        prior: GaussianPrior(scale: scale), likelihood: decoder.likelihood(of: [Float(x)]),
        leapfrogSteps: 3, chains: chains)
      var state = sampler.chains(
        at: Matrix(
          rows: chains, columns: 1,
          elements: (0..<chains).map { _ in Float(mean + deviation * stream.normal()) }))
      for _ in 0..<5 {
        _ = sampler.transition(
          &state, inverseTemperature: beta, stepSize: 1.2, using: &stream)
      }
      let values = state.codes.elements.map(Double.init)
      let found = values.reduce(0, +) / Double(chains)
      let variance = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(chains)
      #expect(abs(found - mean) < 0.02)
      #expect(abs(variance * precision - 1) < 0.03)
    }
  }
}
