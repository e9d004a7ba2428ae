import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import Evaluation

@Suite struct GaussianApproximationTests {
  private let test = LikelihoodCase(latents: 7, pixels: 5, noise: 0.2, LaplacePrior(scale: 0.5))
  private let variances = (1...7).map { 0.2 * Double($0) }

  @Test func `the evidence is that of the Gaussian model`() throws {
    let patch = test.simulated(1).patches.row(0)
    let found = try #require(
      GaussianApproximation(test.target, patch: patch, variances: variances))
    let truth = test.gaussianLogDensity(patch, variances: variances)
    #expect(abs(found.logEvidence - truth) < 1e-9)
  }

  /// log p(x | z) + Σ log N(z; 0, c) = log evidence + log N(z; μ, Σ) at any z.
  @Test func `the density splits into evidence and posterior`() throws {
    let simulated = test.simulated(1)
    let patch = simulated.patches.row(0)
    let found = try #require(
      GaussianApproximation(test.target, patch: patch, variances: variances))
    let codes = simulated.codes.row(0).map(Double.init)
    let place = found.place(of: codes.map { Float($0) })
    let squares = place.reduce(0) { $0 + $1 * $1 }
    let posterior =
      found.factor.logDeterminant / 2 - squares / 2 - 7 * Double.log(2 * .pi) / 2
    let prior = zip(codes, variances).reduce(0) {
      $0 + GaussianPrior(scale: $1.1.squareRoot()).logDensity($1.0)
    }
    #expect(
      abs(test.logLikelihood(codes, patch) + prior - found.logEvidence - posterior) < 1e-5)
    // Σₖₖ of Σ = WᵀW, against the solution of Σ⁻¹.
    for latent in 0..<7 {
      var unit = [Double](repeating: 0, count: 7)
      unit[latent] = 1
      found.factor.solve(&unit)
      #expect(abs(unit[latent] - found.spread[latent]) < 1e-12)
    }
  }

  /// For independent latents the moments are the best ones: E z² = η² at the c that they ask for.
  @Test func `the best one is where moments and prior agree`() throws {
    let patch = test.simulated(1).patches.row(0)
    let found = try #require(GaussianApproximation.best(for: patch, test.target))
    let moments = zip(found.mean, found.spread).map { $0 * $0 + $1 }
    for (asked, given) in zip(test.target.variances(majorisedAt: moments), found.variances) {
      #expect(abs(asked / given - 1) < 0.01, "\(asked), \(given)")
    }
  }

  @Test func `a contrast is integrated out`() {
    for (latents, spread) in [(1, 0.3), (1, 2), (6, 0.5), (169, 0.6), (2000, 0.1)] {
      let mixture = ContrastMixture(latents: latents, spread: spread)
      for total in [0, 1e-9, 0.3, 1, 17, 170, 4000, 1e9] {
        let top = (-10_000...3000).map { exponent(0.01 * Double($0), latents, total, spread) }
          .max()!
        let mass = integral(from: -100, to: 30, pieces: 6500) {
          Double.exp(exponent($0, latents, total, spread) - top)
        }
        let truth = top + .log(mass) - Double.log(2 * .pi * spread * spread) / 2
        let found = mixture.logMass(total)
        #expect(
          abs(found.value - truth) < 1e-7 * (1 + abs(truth)), "\(latents), \(spread), \(total)")
        if total < 0.1 || total > 1e6 { continue }
        let slope = derivative(at: total, step: 1e-4 * total) { mixture.logMass($0).value }
        #expect(
          abs(found.slope - slope) < 1e-4 * abs(slope) + 1e-8,
          "\(latents), \(spread), \(total): \(found.slope), \(slope)")
      }
    }
  }

  private func exponent(_ v: Double, _ latents: Int, _ total: Double, _ spread: Double) -> Double {
    -Double(latents) * v - total * .exp(-v) - v * v / (2 * spread * spread)
  }
}
