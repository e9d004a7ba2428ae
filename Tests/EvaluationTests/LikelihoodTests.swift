import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import Evaluation

@Suite struct LikelihoodTests {
  private let team = ThreadTeam(count: 2)

  private func decoder(latents: Int, pixels: Int, noise: Double, seed: UInt64 = 1)
    -> LinearGaussianDecoder
  {
    var filters = NoiseFilters.white(filters: latents, pixels: pixels, seed: seed)
    for row in 0..<latents {
      let norm = filters.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<pixels { filters[row, column] /= norm }
    }
    return LinearGaussianDecoder(
      filters: filters, bias: (0..<pixels).map { Float($0 % 3) * 0.1 }, noiseVariance: noise)
  }

  /// log N(x; b, s²·ΦᵀΦ + σ²I) in Double.
  private func exact(_ decoder: LinearGaussianDecoder, scale: Double, patch: ArraySlice<Float>)
    -> Double
  {
    let n = decoder.pixels
    var covariance = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        for k in 0..<decoder.latents {
          covariance[i * n + j] +=
            scale * scale * Double(decoder.filters[k, i]) * Double(decoder.filters[k, j])
        }
      }
      covariance[i * n + i] += decoder.noiseVariance
    }
    let residual = zip(patch, decoder.bias).map { Double($0) - Double($1) }
    guard let factor = CholeskyFactor(covariance, order: n) else { return .nan }
    var solution = residual
    factor.solve(&solution)
    let squares = zip(residual, solution).reduce(0) { $0 + $1.0 * $1.1 }
    return -0.5 * (squares + factor.logDeterminant + Double(n) * .log(2 * .pi))
  }

  private func patches(_ count: Int, _ decoder: LinearGaussianDecoder, _ prior: some Prior)
    -> Matrix
  {
    var stream = RandomStream(seed: 77, purpose: .evaluation)
    var patches = decoder.decode(
      draw(prior, rows: count, columns: decoder.latents, using: &stream))
    for index in patches.elements.indices {
      patches.elements[index] += Float(Double.sqrt(decoder.noiseVariance) * stream.normal())
    }
    return patches
  }

  @Test func `with a Gaussian prior the estimate equals the closed form`() {
    let prior = GaussianPrior(scale: 0.7)
    let decoder = decoder(latents: 30, pixels: 20, noise: 0.2)
    let patches = patches(6, decoder, prior)
    var sampling = AnnealedImportanceSampling()
    sampling.leapfrogSteps = 5
    sampling.chains = 64
    let estimates = sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team)
    for (row, estimate) in estimates.enumerated() {
      let truth = exact(decoder, scale: 0.7, patch: patches.row(row))
      // log w has a variance near 0.3, the mean of 64 weights a standard deviation of 0.07.
      #expect(abs(estimate.logLikelihood - truth) < 0.25, "\(row): \(truth), \(estimate)")
      #expect(estimate.effectiveSampleSize > 32)
      #expect(estimate.acceptance > 0.6 && estimate.acceptance < 0.95)
    }
  }

  @Test func `with one Laplace latent the estimate equals the integral`() {
    let prior = LaplacePrior(scale: 0.5)
    let decoder = decoder(latents: 1, pixels: 3, noise: 0.3)
    let patches = patches(4, decoder, prior)
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 1000
    sampling.temperatures = 100
    let estimates = sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team)
    for (row, estimate) in estimates.enumerated() {
      let likelihood = decoder.likelihood(of: patches.row(row))
      let density = { (z: Double) in
        var values = [0.0]
        likelihood.logLikelihoods(
          of: Matrix(rows: 1, columns: 1, elements: [Float(z)]), into: &values)
        return Double.exp(values[0] + prior.logDensity(z))
      }
      let truth = Double.log(
        integral(from: -12, to: 0, of: density) + integral(from: 0, to: 12, of: density))
      #expect(abs(estimate.logLikelihood - truth) < 0.03, "\(row): \(truth), \(estimate)")
    }
  }

  @Test func `with two Laplace latents the estimate equals the integral`() {
    let prior = LaplacePrior(scale: 0.5)
    let decoder = decoder(latents: 2, pixels: 2, noise: 0.1)
    let patches = patches(3, decoder, prior)
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 1000
    sampling.temperatures = 100
    let estimates = sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team)
    let grid = (0..<1200).map { (Double($0) + 0.5) / 100 - 6 }
    let line = Matrix(rows: 1200, columns: 2)
    for (row, estimate) in estimates.enumerated() {
      let likelihood = decoder.likelihood(of: patches.row(row))
      var values = [Double](repeating: 0, count: 1200)
      var terms: [Double] = []
      for first in grid {
        var codes = line
        for (index, second) in grid.enumerated() {
          (codes[index, 0], codes[index, 1]) = (Float(first), Float(second))
        }
        likelihood.logLikelihoods(of: codes, into: &values)
        terms.append(
          ImportanceWeights.logSumExp(
            grid.indices.map {
              values[$0] + prior.logDensity(first) + prior.logDensity(grid[$0])
            }))
      }
      let truth = ImportanceWeights.logSumExp(terms) + 2 * .log(0.01)
      #expect(abs(estimate.logLikelihood - truth) < 0.03, "\(row): \(truth), \(estimate)")
    }
  }

  /// Holds with however few temperatures, if chains start where the weights say they do.
  @Test(arguments: [1, 2, 5])
  func `weights are unbiased at any number of temperatures`(count: Int) {
    let prior = GaussianPrior(scale: 0.7)
    let decoder = decoder(latents: 2, pixels: 2, noise: 0.4)
    let patches = patches(3, decoder, prior)
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 20_000
    sampling.temperatures = count
    sampling.leapfrogSteps = 3
    for row in 0..<3 {
      let truth = exact(decoder, scale: 0.7, patch: patches.row(row))
      let estimate = sampling.estimate(
        decoder.likelihood(of: patches.row(row)), prior: prior, index: row)
      #expect(abs(estimate.logLikelihood - truth) < 0.04, "\(row): \(truth)")
    }
  }

  @Test func `the closed form lies in the bracket, which closes with more temperatures`() {
    let prior = GaussianPrior(scale: 0.7)
    let decoder = decoder(latents: 30, pixels: 20, noise: 0.1)
    var gaps: [Double] = []
    for temperatures in [10, 50, 400] {
      var method = BidirectionalMonteCarlo()
      method.sampling.temperatures = temperatures
      method.sampling.chains = 4
      let bracket = method.bracket(count: 24, decoder: decoder, prior: prior, team: team)
      let patches = method.simulate(count: 24, decoder: decoder, prior: prior).patches
      let truths = (0..<24).map { exact(decoder, scale: 0.7, patch: patches.row($0)) }
      let mean = { (values: [Double]) in values.reduce(0, +) / 24 }
      #expect(mean(bracket.lower) < mean(truths) + 0.1, "\(temperatures)")
      #expect(mean(bracket.upper) > mean(truths) - 0.1, "\(temperatures)")
      #expect(abs(mean(bracket.upper) - mean(bracket.lower) - bracket.meanGap) < 1e-9)
      gaps.append(bracket.meanGap)
    }
    #expect(gaps[0] > gaps[1] && gaps[1] > gaps[2], "\(gaps)")
    #expect(gaps[2] < 0.6, "\(gaps)")
  }

  @Test func `reverse weights are unbiased for the inverse`() {
    // Averages over posterior samples: Σ 1/w over draws of z given x, for a Gaussian posterior.
    let prior = GaussianPrior(scale: 1)
    let decoder = LinearGaussianDecoder(
      filters: Matrix(rows: 1, columns: 1, elements: [1]), bias: [0], noiseVariance: 1)
    let likelihood = decoder.likelihood(of: [0.8])
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 4
    sampling.chains = 1
    var stream = RandomStream(seed: 9, purpose: .evaluation)
    // z | x ~ N(x/2, 1/2) and x ~ N(0, 2).
    let inverses = (0..<20_000).map { index in
      let z = Float(0.4 + Double.sqrt(0.5) * stream.normal())
      return -sampling.reverseEstimate(
        likelihood, prior: prior, posteriorSample: [z], index: index
      ).logWeights[0]
    }
    let truth = -0.25 * 0.64 - 0.5 * .log(4 * .pi)
    #expect(abs(-ImportanceWeights.logMean(inverses) - truth) < 0.03)
  }

  @Test func `estimates do not depend on the number of threads`() {
    let prior = LaplacePrior(scale: 0.5)
    let decoder = decoder(latents: 5, pixels: 4, noise: 0.3)
    let patches = patches(5, decoder, prior)
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 20
    let results = [1, 3].map {
      sampling.estimates(
        of: patches, decoder: decoder, prior: prior, team: ThreadTeam(count: $0))
    }
    #expect(results[0] == results[1])
    sampling.seed = 1
    #expect(
      sampling.estimates(of: patches, decoder: decoder, prior: prior, team: team) != results[0])
  }

  @Test(arguments: [0, 1e-6, 0.1, 10, 1000]) func `the schedule rises from 0 to 1`(norm: Float) {
    let decoder = LinearGaussianDecoder(
      filters: Matrix(rows: 2, columns: 1, elements: [norm, 0]), bias: [0], noiseVariance: 1)
    for count in [1, 2, 100] {
      var sampling = AnnealedImportanceSampling()
      sampling.temperatures = count
      let betas = sampling.schedule(
        for: decoder.likelihood(of: [1]), prior: GaussianPrior(scale: 1))
      #expect(betas.count == count + 1 && betas.first == 0 && betas.last == 1)
      #expect(zip(betas, betas.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func `scores are the derivatives of the log-likelihood`() {
    let decoder = decoder(latents: 4, pixels: 6, noise: 0.3)
    let likelihood = decoder.likelihood(of: [0.1, -0.4, 1, 0.3, 0.2, -0.9])
    let codes = Matrix(rows: 1, columns: 4, elements: [0.5, -1, 0.25, 2])
    var scores = Matrix(rows: 1, columns: 4)
    likelihood.scores(of: codes, into: &scores)
    for k in 0..<4 {
      // The log-likelihood is quadratic, so that wide differences are exact.
      let slope = derivative(at: Double(codes[0, k]), step: 1) { value in
        var moved = codes
        moved[0, k] = Float(value)
        var values = [0.0]
        likelihood.logLikelihoods(of: moved, into: &values)
        return values[0]
      }
      #expect(abs(Double(scores[0, k]) - slope) < 1e-4)
    }
  }
}
