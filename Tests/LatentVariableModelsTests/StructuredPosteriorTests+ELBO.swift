import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

extension StructuredPosteriorTests {
  /// log p(x, z, a) − log q(z, a) at samples of q.
  @Test(arguments: [nil, 0.4])
  func `the ELBO in closed form is the mean of a hundred thousand samples`(
    _ contrast: Double?
  ) throws {
    var test = GradientCase(posterior: .structured, likelihood: .exact)
    test.contrast = contrast
    let patch = try Patch(test)
    let (q, decoder) = (patch.q, patch.decoder)
    let (latents, pixels) = (GradientCase.latents, GradientCase.pixels)
    let expected = patch.differentiated(test.reference).objective
    let root = lowerRoot(q.covariance, order: latents)
    var random = RandomStream(seed: 4, purpose: .evaluation)
    let samples = (0..<100_000).map { _ -> Double in
      let noise = (0..<latents).map { _ in random.normal() }
      var logQ = -q.logDeterminant / 2 - Double(latents) * halfLogTwoPi
      let z = (0..<latents).map { k -> Double in
        logQ -= noise[k] * noise[k] / 2
        return (0...k).reduce(q.mean[k]) { $0 + root[k * latents + $1] * noise[$1] }
      }
      var (logP, scale) = (0.0, decoder.priorScales[0])
      if let found = q.contrast, let spread = decoder.contrast {
        let unit = random.normal()
        let log = found.mean + found.variance.squareRoot() * unit
        scale *= Double.exp(log)
        logP += -log * log / (2 * spread * spread) - Double.log(spread)
        logQ += -unit * unit / 2 - Double.log(found.variance) / 2
      }
      for k in 0..<latents { logP -= abs(z[k]) / scale + Double.log(2 * scale) }
      for pixel in 0..<pixels {
        let mean = (0..<latents).reduce(decoder.bias[pixel]) {
          $0 + z[$1] * decoder.filters[$1][pixel]
        }
        let miss = patch.x[pixel] - mean
        logP -=
          miss * miss / (2 * decoder.noiseVariance)
          + Double.log(2 * .pi * decoder.noiseVariance) / 2
      }
      return logQ - logP
    }
    let (mean, error) = meanAndStandardError(samples)
    #expect(abs(mean - expected) < 3 * error, "\(expected), \(mean) ± \(error)")
  }

  private func lowerRoot(_ matrix: [Double], order: Int) -> [Double] {
    var root = [Double](repeating: 0, count: order * order)
    for i in 0..<order {
      for j in 0...i {
        let sum = (0..<j).reduce(matrix[i * order + j]) {
          $0 - root[i * order + $1] * root[j * order + $1]
        }
        root[i * order + j] = i == j ? sum.squareRoot() : sum / root[j * (order + 1)]
      }
    }
    return root
  }

  @Test func `with a Gaussian prior the ELBO is the evidence itself`() throws {
    let test = GradientCase(prior: .gaussian, posterior: .structured, likelihood: .exact)
    let patch = try Patch(test)
    let found = patch.differentiated(test.reference).objective
    let scale = patch.decoder.priorScales[0]
    let expected = patch.evidence(patch.heads.map { _ in scale * scale })
    #expect(abs(found - expected) < 1e-9 * abs(expected))
  }

  @Test func `a contrast without spread is none`() throws {
    var test = GradientCase(posterior: .structured, likelihood: .exact)
    let plain = try Patch(test)
    test.contrast = 1e-5
    let still = try Patch(test)
    let (a, b) = (
      plain.q.divergence(plain.decoder).value, still.q.divergence(still.decoder).value
    )
    #expect(abs(a - b) < 1e-6 * abs(a))
    for (left, right) in zip(plain.q.mean, still.q.mean) { #expect(abs(left - right) < 1e-6) }
  }

  /// With the second moments that it finds, the bound of `heads follow …` is lower; so in the end is
  /// the ELBO, but not at every step.
  @Test(arguments: GradientCase.structured.filter { $0.contrast == nil })
  func `every refinement lowers the majorised bound`(_ test: GradientCase) throws {
    var test = test
    let prior = test.model.prior
    var last = Double.infinity
    for refinements in 0...4 {
      test.refinements = refinements
      let patch = try Patch(test)
      let q = patch.q
      let bound = zip(q.priorVariance, q.touching).reduce(patch.evidence(q.priorVariance)) {
        let (c, square) = $1
        return $0 - prior.logDensity(square.squareRoot()) - square / (2 * c)
          - Double.log(2 * .pi * c) / 2
      }
      #expect(bound < last || abs(bound - last) < 1e-12)
      last = bound
    }
  }
}
