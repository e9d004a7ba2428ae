import Compute
import Distributions
import Foundation
import TestSupport
import Testing

@testable import LatentVariableModels

@Suite struct PosteriorTests {
  private static let means = [-9, -0.8, -0.01, 0, 0.2, 1.5, 30]
  private static let scales = [0.001, 0.05, 0.4, 3, 20]

  @Test(arguments: PosteriorFamily.independent)
  func `a posterior is normalised, and its entropy that of the density`(family: PosteriorFamily) {
    for (mean, scale) in [(0.0, 1.0), (3, 0.02), (-1, 5)] {
      let q = family.type.init(mean: mean, scale: scale)
      let mass = expectation(under: q, priorScale: 1) { _ in 1 }
      let entropy = expectation(under: q, priorScale: 1) { -q.logDensity($0) }
      #expect(abs(mass - 1) < 1e-10, "\(q)")
      #expect(isClose(entropy, q.entropy, 1e-10), "\(q)")
      // The normaliser with its ½: at the mean, a Gaussian has 1/√(2π)τ and a Laplace 1/2τ.
      let peak = family == .gaussian ? 1 / (sqrt(2 * .pi) * scale) : 1 / (2 * scale)
      #expect(isClose(exp(q.logDensity(mean)), peak, 1e-12))
    }
  }

  @Test(arguments: PosteriorFamily.independent, [PriorFamily.laplace, .gaussian])
  func `closed-form divergence equals numerical integration`(
    family: PosteriorFamily, prior: PriorFamily
  ) throws {
    for s in [0.05, 0.3, 1, 5] {
      let p = prior.prior(scale: s)
      for mean in Self.means {
        for scale in Self.scales {
          let q = family.type.init(mean: mean, scale: scale)
          let closed = try #require(q.divergence(from: p))
          #expect(isClose(closed.value, numericalDivergence(q, from: p), 1e-8), "\(q), \(p)")
        }
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent, [PriorFamily.laplace, .gaussian])
  func `gradients are the derivatives of the divergence`(
    family: PosteriorFamily, prior: PriorFamily
  ) throws {
    func divergence(_ mean: Double, _ logScale: Double, _ s: Double) throws -> Divergence {
      try #require(
        family.type.init(mean: mean, scale: exp(logScale)).divergence(from: prior.prior(scale: s)))
    }
    for s in [0.1, 2] {
      for mean in [-2, -0.3, 0.07, 1.1] {
        for logScale in [-3, -0.5, 1.0] {
          let d = try divergence(mean, logScale, s)
          let byMean = try derivative(mean) { try divergence($0, logScale, s).value }
          let byLogScale = try derivative(logScale) { try divergence(mean, $0, s).value }
          let byPriorScale = try derivative(log(s)) {
            try divergence(mean, logScale, exp($0)).value
          }
          let point: Comment = "μ \(mean), ℓ \(logScale), s \(s)"
          #expect(isClose(d.meanGradient, byMean, 1e-6), point)
          #expect(isClose(d.logScaleGradient, byLogScale, 1e-6), point)
          #expect(isClose(d.logPriorScaleGradient(mean: mean), byPriorScale, 1e-6), point)
        }
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent, [PriorFamily.laplace, .gaussian])
  func `the idle scale minimises the divergence of a silent latent`(
    family: PosteriorFamily, prior: PriorFamily
  ) throws {
    let p = prior.prior(scale: 0.3)
    let idle = Self.idleScale(family, under: p)
    func divergence(_ scale: Double) throws -> Divergence {
      try #require(family.type.init(mean: 0, scale: scale).divergence(from: p))
    }
    let best = try divergence(idle)
    let wider = try divergence(1.01 * idle)
    let narrower = try divergence(0.99 * idle)
    #expect(abs(best.logScaleGradient) < 1e-12)
    #expect(best.value < wider.value)
    #expect(best.value < narrower.value)
  }

  @Test func `a collapsed Gaussian posterior pays 0_0484 nats under a Laplace prior`() throws {
    let prior = LaplacePrior(scale: 0.2)
    let q = GaussianPosterior(mean: 0, scale: Self.idleScale(.gaussian, under: prior))
    let floor = try #require(q.divergence(from: prior))
    #expect(abs(floor.value - 0.0484) < 5e-5)
    let collapsed = try #require(LaplacePosterior(mean: 0, scale: 0.2).divergence(from: prior))
    #expect(collapsed.value == 0)
  }

  @Test(arguments: PosteriorFamily.independent)
  func `samples have the scale that the divergence is taken of`(family: PosteriorFamily) throws {
    // Drawing with one scale and taking the divergence of another shows as a wrong mean here.
    let q = family.type.init(mean: 0.4, scale: 0.5)
    var stream = RandomStream(seed: 5, purpose: .posteriorNoise)
    for prior in [PriorFamily.laplace, .gaussian] {
      let p = prior.prior(scale: 0.3)
      let terms = (0..<100_000).map { _ in
        let z = q.sample(noise: type(of: q).noise.sample(using: &stream))
        return q.logDensity(z) - p.logDensity(z)
      }
      let (mean, error) = meanAndStandardError(terms)
      let closed = try #require(q.divergence(from: p)).value
      #expect(abs(mean - closed) < 4 * error, "\(q), \(p): \(mean) ± \(error), not \(closed)")
    }
  }

  /// The τ that minimises KL(q ‖ p) at μ = 0, which a latent that says nothing takes.
  private static func idleScale(_ family: PosteriorFamily, under prior: any Prior) -> Double {
    switch (family, prior is LaplacePrior) {
    case (.gaussian, true): prior.scale * sqrt(.pi / 2)
    case (.laplace, false): prior.scale / sqrt(2)
    default: prior.scale
    }
  }

  /// `TestSupport.derivative` of a function that may throw.
  private func derivative(_ x: Double, of function: (Double) throws -> Double) throws -> Double {
    let step = 1e-3
    let wide = try (function(x + step) - function(x - step)) / (2 * step)
    let narrow = try (function(x + step / 2) - function(x - step / 2)) / step
    return (4 * narrow - wide) / 3
  }
}

/// The mean of `values` and its standard error.
func meanAndStandardError(_ values: [Double]) -> (mean: Double, error: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  return (mean, (variance / count).squareRoot())
}
