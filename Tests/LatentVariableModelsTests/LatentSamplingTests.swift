import Compute
import Distributions
import Foundation
import Testing

@testable import LatentVariableModels

/// The kernels' samples against the divergences that are taken of them.
@Suite struct LatentSamplingTests {
  private static let count = 100_000

  private static func latents(
    _ family: PosteriorFamily, mean: Float, logScale: Float
  ) -> Latents {
    var stream = RandomStream(seed: 17, purpose: .posteriorNoise)
    return Latents(
      mean: [Float](repeating: mean, count: count),
      logScale: [Float](repeating: logScale, count: count),
      noise: (0..<count).map { _ in Float(family.type.noise.sample(using: &stream)) })
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `the estimator's mean is the divergence by quadrature`(
    family: PosteriorFamily, priorFamily: PriorFamily
  ) throws {
    let prior = priorFamily.prior(scale: 0.3)
    for (mean, logScale) in [(0.0, -1.0), (0.5, -2.0), (-1.2, 0.3)] as [(Float, Float)] {
      let latents = Self.latents(family, mean: mean, logScale: logScale)
      let run = try LatentRun(latents, posterior: family, prior: prior)
      let q = family.type.init(mean: Double(mean), scale: exp(Double(logScale)))
      let expected = numericalDivergence(q, from: prior)
      let (average, error) = meanAndStandardError(run.divergence.map(Double.init))
      #expect(
        abs(average - expected) < 4 * error + 1e-5,
        "μ \(mean), ℓ \(logScale): \(average) ± \(error), not \(expected)")
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `sample and divergence are of one scale`(
    family: PosteriorFamily, priorFamily: PriorFamily
  ) throws {
    // log q(z) − log p(z) of the samples averages to the divergence that the kernel states.
    let prior = priorFamily.prior(scale: 0.3)
    let latents = Self.latents(family, mean: 0.4, logScale: -0.7)
    let run = try LatentRun(latents, posterior: family, prior: prior)
    let q = family.type.init(mean: Double(latents.mean[0]), scale: exp(Double(latents.logScale[0])))
    let difference = (0..<Self.count).map {
      let z = Double(run.z[$0])
      return q.logDensity(z) - prior.logDensity(z) - Double(run.divergence[$0])
    }
    let (mean, error) = meanAndStandardError(difference)
    #expect(abs(mean) < 4 * error + 1e-5, "\(mean) ± \(error)")
  }

  @Test(arguments: PosteriorFamily.independent)
  func `samples have the posterior's mean and variance`(family: PosteriorFamily) throws {
    let latents = Self.latents(family, mean: 0.4, logScale: -0.7)
    let run = try LatentRun(latents, posterior: family, prior: LaplacePrior(scale: 1))
    let squares = run.z.map { pow(Double($0) - Double(Float(0.4)), 2) }
    let variance = exp(-1.4) * (family == .gaussian ? 1 : 2)
    let (mean, error) = meanAndStandardError(run.z.map(Double.init))
    let (square, squareError) = meanAndStandardError(squares)
    #expect(abs(mean - 0.4) < 4 * error)
    #expect(abs(square - variance) < 4 * squareError)
  }
}
