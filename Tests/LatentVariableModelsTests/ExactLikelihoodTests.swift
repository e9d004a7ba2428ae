import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// The expected likelihood in closed form against averages over samples, and what samples leave.
@Suite struct ExactLikelihoodTests {
  private static func layers() -> [any LatentLayer] {
    PosteriorFamily.independent.map {
      LocationScale(prior: LaplacePrior(scale: 0.6), posterior: $0, logScaleRange: -1...1)
    } + [ExponentialLatents(priorScale: 0.6)]
  }

  @Test(arguments: 0..<3) func `moments are those of a hundred thousand samples`(
    _ index: Int
  ) throws {
    let layer = Self.layers()[index]
    var stream = RandomStream(seed: 5, purpose: .evaluation)
    // Within ℓ's range, and clamped at both ends.
    for heads in [SIMD4(0.3, -0.4, 0, 0), SIMD4(-1.2, -3, 0, 0), SIMD4(0.1, 2, 0, 0)] {
      let expected = try #require(layer.expect(heads, noise: .nan, priorScale: 0.6))
      let samples = (0..<100_000).map { _ in
        layer.draw(heads, noise: layer.noise.sample(using: &stream), priorScale: 0.6).z
      }
      let (mean, meanError) = meanAndStandardError(samples)
      let (variance, varianceError) = meanAndStandardError(
        samples.map { ($0 - expected.z) * ($0 - expected.z) })
      #expect(abs(mean - expected.z) < 3 * meanError)
      #expect(abs(variance - expected.variance) < 3 * varianceError)
    }
  }

  @Test(arguments: 0..<3) func `slopes are the derivatives of the moments`(_ index: Int) throws {
    let layer = Self.layers()[index]
    for heads in [SIMD4(0.3, -0.4, 0, 0), SIMD4(-1.2, -3, 0, 0), SIMD4(0.1, 2, 0, 0)] {
      let draw = try #require(layer.expect(heads, noise: 0.4, priorScale: 0.6))
      for head in 0..<layer.headCount {
        func moved(_ value: Double) -> LatentDraw? {
          var heads = heads
          heads[head] = value
          return layer.expect(heads, noise: 0.4, priorScale: 0.6)
        }
        let byMean = derivative(at: heads[head], step: 1e-5) { moved($0)?.z ?? .nan }
        let byVariance = derivative(at: heads[head], step: 1e-5) { moved($0)?.variance ?? .nan }
        #expect(abs(draw.slopes[head] - byMean) < 1e-8)
        #expect(abs(draw.varianceSlopes[head] - byVariance) < 1e-7 * (1 + abs(byVariance)))
      }
    }
  }

  /// Each patch's −log p(x | z) under the model's own posterior, sampled; and the exact value.
  @Test(arguments: PosteriorFamily.independent)
  func `the evaluation's likelihood is the average over samples`(_ posterior: PosteriorFamily) {
    var training = TrainingCase()
    training.posterior = posterior
    let model = training.trained(threads: 2).model
    let patches = training.data.selectingRows(0..<20)
    let inference = Inference(model, team: ThreadTeam(count: 2))
    let exact = inference.evaluate(patches)
    #expect(model.likelihood == .exact)
    var stream = RandomStream(seed: 8, purpose: .evaluation)
    let rounds = (0..<5000).map { _ -> Double in
      var codes = exact.posteriors.mean
      for index in codes.elements.indices {
        codes.elements[index] += Float(
          Double.exp(Double(exact.posteriors.logScale.elements[index]))
            * posterior.type.noise.sample(using: &stream))
      }
      let found = model.reconstructions(of: codes)
      let error = zip(found.elements, patches.elements).reduce(0) {
        $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
      }
      return model.parts.likelihood.nats(
        squaredError: error / 20, pixels: TrainingCase.pixels,
        logNoise: Double.log(model.noiseVariance) / 2)
    }
    let (mean, error) = meanAndStandardError(rounds)
    #expect(
      abs(exact.negativeLogLikelihood - mean) < 3 * error,
      "\(exact.negativeLogLikelihood), \(mean) ± \(error)")
  }

  @Test func `a step that draws nothing does not depend on its seed`() {
    for likelihood in ExpectedLikelihood.allCases {
      let results = ([1, 2] as [UInt64]).map { seed in
        var training = TrainingCase()
        training.likelihood = likelihood
        var settings = training.settings
        settings.seed = seed
        let step = TrainingStep(
          SparseVAE(training.configuration, seed: 1), settings, team: ThreadTeam(count: 1))
        _ = step.run(training.data, rows: 0..<64, step: 1)
        return step.model.namedTensors
      }
      #expect((results[0] == results[1]) == (likelihood == .exact))
    }
  }

  @Test func `the exact gradient has the mean of sampled ones, and is told from them by no bias`() {
    func gradient(_ likelihood: ExpectedLikelihood, seed: UInt64) -> [Double] {
      var training = TrainingCase()
      training.likelihood = likelihood
      var settings = TrainingSettings(batch: 64, seed: seed)
      settings.samples = likelihood == .exact ? 1 : 50
      settings.clippingNorm = .infinity
      let step = TrainingStep(
        SparseVAE(training.configuration, seed: 1), settings, constraint: Unconstrained(),
        team: ThreadTeam(count: 2))
      _ = step.run(training.data, rows: 0..<64, step: 1)
      return step.gradient.array.map(Double.init)
    }
    let exact = gradient(.exact, seed: 1)
    let sampled = (1...40).map { gradient(.sampled, seed: UInt64($0)) }
    var (outside, count) = (0, 0)
    for place in exact.indices where exact[place] != 0 {
      let (mean, error) = meanAndStandardError(sampled.map { $0[place] })
      count += 1
      if abs(mean - exact[place]) > 3 * error { outside += 1 }
    }
    // Of a normal distribution 0.3 % lie beyond three standard errors; of 40 values' t, 0.5 %.
    #expect(count > 2000 && outside < count / 100, "\(outside) of \(count)")
  }

  @Test func `more samples leave less noise in the gradient`() {
    func spread(samples: Int) -> Double {
      var training = TrainingCase()
      training.likelihood = .sampled
      let configuration = training.configuration
      let data = training.data
      let gradients = (1...8).map { number -> [Float] in
        var settings = TrainingSettings(batch: 64, seed: UInt64(number))
        settings.samples = samples
        settings.clippingNorm = .infinity
        let step = TrainingStep(
          SparseVAE(configuration, seed: 1), settings, team: ThreadTeam(count: 1))
        _ = step.run(data, rows: 0..<64, step: 1)
        return step.gradient.array
      }
      return (0..<gradients[0].count).reduce(0.0) { sum, place in
        let values = gradients.map { Double($0[place]) }
        let mean = values.reduce(0, +) / 8
        return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
    }
    let (one, eight) = (spread(samples: 1), spread(samples: 8))
    #expect(eight < one / 5 && eight > one / 13, "\(one), \(eight)")
  }
}
