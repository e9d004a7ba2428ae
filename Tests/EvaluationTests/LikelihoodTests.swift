import Compute
import Distributions
import RealModule
import TestSupport
import Testing

@testable import Evaluation

@Suite struct LikelihoodTests {
  private let team = ThreadTeam(count: 2)

  private func estimates(
    _ sampling: AnnealedImportanceSampling, _ test: LikelihoodCase, of patches: Matrix
  ) -> [AnnealedImportanceSampling.Estimate] {
    sampling.estimates(of: patches, decoder: test.decoder, prior: test.prior, team: team)
  }

  @Test func `with a Gaussian prior the estimate is the closed form`() {
    let test = LikelihoodCase(latents: 30, pixels: 20, noise: 0.2, GaussianPrior(scale: 0.7))
    let patches = test.simulated(6).patches
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 20
    for (row, estimate) in estimates(sampling, test, of: patches).enumerated() {
      let truth = test.gaussianLogDensity(
        patches.row(row), variances: [Double](repeating: 0.49, count: 30))
      #expect(abs(estimate.logLikelihood - truth) < 1e-4, "\(row): \(truth), \(estimate)")
      #expect(estimate.effectiveSampleSize > 15.99)
      #expect(estimate.acceptance > 0.99)
    }
  }

  static let priors: [any Prior] = [
    LaplacePrior(scale: 0.4), StudentTPrior(scale: 0.4, shape: [:]), CauchyPrior(scale: 0.2),
    HorseshoePrior(scale: 0.2), SpikeAndSlabPrior(scale: 1), GaussianPrior(scale: 0.6),
  ]

  /// Of one and two latents, with a contrast and without.
  @Test(arguments: 0..<8) func `the estimate equals the integral`(_ number: Int) {
    let contrast = number < Self.priors.count ? nil : 0.3 * Double(number - 5)
    let prior = number < Self.priors.count ? Self.priors[number] : LaplacePrior(scale: 0.4)
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 480
    sampling.temperatures = 150
    for latents in 1...2 {
      let test = LikelihoodCase(
        latents: latents, pixels: 3, noise: 0.1, contrast: contrast, prior)
      let patches = Matrix(rows: 3, columns: 3, elements: [0.3, -0.2, 0.9, 2, 1, -1, 0, 0.1, 0.2])
      for (row, estimate) in estimates(sampling, test, of: patches).enumerated() {
        let truth = test.integrated(patches.row(row))
        #expect(
          abs(estimate.logLikelihood - truth) < 0.06,
          "\(prior), \(latents), \(row): \(truth), \(estimate.logLikelihood)")
      }
    }
  }

  /// Holds with however few temperatures, if chains start where the weights say they do.
  @Test(arguments: [1, 2, 5])
  func `weights are unbiased at any number of temperatures`(count: Int) {
    let test = LikelihoodCase(latents: 2, pixels: 2, noise: 0.4, LaplacePrior(scale: 0.5))
    let patches = test.simulated(3).patches
    var sampling = AnnealedImportanceSampling()
    sampling.chains = 20_000
    sampling.temperatures = count
    for (row, estimate) in estimates(sampling, test, of: patches).enumerated() {
      let truth = test.integrated(patches.row(row))
      #expect(abs(estimate.logLikelihood - truth) < 0.02, "\(row): \(truth), \(estimate)")
    }
  }

  @Test func `reverse weights are unbiased for the inverse`() {
    let test = LikelihoodCase(latents: 1, pixels: 1, noise: 1, LaplacePrior(scale: 1))
    let target = test.target
    let patch: [Float] = [0.8]
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 2
    sampling.chains = 1
    // Posterior samples by their distribution function on a grid.
    let grid = (0..<40_000).map { -10 + 20 * (Double($0) + 0.5) / 40_000 }
    let densities = grid.map {
      Double.exp(test.logLikelihood([$0], patch[...]) + test.prior.logDensity($0))
    }
    let total = densities.reduce(0, +)
    var (inverses, place, passed) = ([Double](), 0, densities[0])
    let draws = 20_000
    for index in 0..<draws {
      while passed < total * (Double(index) + 0.5) / Double(draws) {
        place += 1
        passed += densities[place]
      }
      inverses.append(
        -sampling.reverseEstimate(
          of: patch, target, posteriorSample: [Float(grid[place])], index: index
        ).logWeights[0])
    }
    let truth = test.integrated(patch[...])
    #expect(abs(-ImportanceWeights.logMean(inverses) - truth) < 0.02)
  }

  /// Not of a Gaussian prior alone, with a contrast and without.
  @Test(arguments: [nil, 0.5], [PriorFamily.laplace, .studentT])
  func `the bracket closes with more temperatures`(_ contrast: Double?, _ prior: PriorFamily) throws
  {
    if contrast != nil, prior != .laplace { return }
    let test = LikelihoodCase(
      latents: 30, pixels: 20, noise: 0.05, contrast: contrast,
      try prior.prior(scale: 0.4, shape: [:]))
    func gap(_ temperatures: Int) -> Double {
      var method = BidirectionalMonteCarlo()
      method.sampling.temperatures = temperatures
      method.sampling.chains = 4
      return method.bracket(count: 24, decoder: test.decoder, prior: test.prior, team: team).meanGap
    }
    let (few, many) = (gap(4), gap(200))
    #expect(many < few, "\(few), \(many)")
    #expect(many < 0.3 && many > -0.2, "\(many)")
  }

  @Test func `estimates do not depend on the number of threads`() {
    let test = LikelihoodCase(
      latents: 5, pixels: 4, noise: 0.3, contrast: 0.4, LaplacePrior(scale: 0.5))
    let patches = test.simulated(5).patches
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 20
    let results = [1, 3].map {
      sampling.estimates(
        of: patches, decoder: test.decoder, prior: test.prior, team: ThreadTeam(count: $0))
    }
    #expect(results[0] == results[1])
    // In parts they are the same too.
    #expect(
      sampling.estimates(
        of: patches.selectingRows(3..<5), first: 3, decoder: test.decoder, prior: test.prior,
        team: team) == Array(results[0][3...]))
    sampling.seed = 1
    #expect(estimates(sampling, test, of: patches) != results[0])
  }

  @Test func `what is not finite has no likelihood`() {
    let test = LikelihoodCase(latents: 5, pixels: 4, noise: 0.3, LaplacePrior(scale: 0.5))
    var sampling = AnnealedImportanceSampling()
    sampling.temperatures = 5
    let patches = Matrix(rows: 1, columns: 4, elements: [1, .nan, 0, 0])
    #expect(estimates(sampling, test, of: patches)[0].logLikelihood.isNaN)
  }
}
