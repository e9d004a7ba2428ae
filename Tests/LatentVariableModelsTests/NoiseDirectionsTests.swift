import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// Noise of a variance for each principal direction of the training patches.
@Suite struct NoiseDirectionsTests {
  /// With all variances equal the noise is isotropic again: in whatever directions.
  @Test(arguments: [PosteriorFamily.gaussian, .structured])
  func `equal variances are isotropic noise`(_ posterior: PosteriorFamily) throws {
    let isotropic = GradientCase(posterior: posterior, likelihood: .exact)
    var directional = isotropic
    directional.noiseShape = .perDirection
    var model = directional.model
    try model.takeNoiseDirections(from: isotropic.data)
    #expect(model.noiseMeasure.directions == GradientCase.pixels)
    func result(_ model: SparseVAE) -> (StepResult, [NamedTensor]) {
      var settings = isotropic.settings
      settings.clippingNorm = .infinity
      let step = TrainingStep(
        model, settings, constraint: Unconstrained(), team: ThreadTeam(count: 1))
      let result = step.run(
        isotropic.data, rows: (0..<Int32(GradientCase.patches)).map { $0 }[...], GradientCase.now)
      return (result, step.model.layout.namedTensors(of: step.gradient))
    }
    let (expected, expectedSlopes) = result(isotropic.model)
    let (found, slopes) = result(model)
    #expect(abs(found.negativeELBO - expected.negativeELBO) < 1e-4)
    for (found, expected) in zip(slopes, expectedSlopes) where expected.shape.count > 0 {
      #expect(found.name == expected.name)
      for (found, expected) in zip(found.elements, expected.elements) {
        #expect(abs(found - expected) < 1e-4 * (1 + abs(expected)), "\(found), \(expected)")
      }
    }
  }

  /// x ~ N(Φᵀz + b, Σ) with Σ = E·diag(σ²e^2ρ)·Eᵀ in the directions that are kept.
  @Test func `the likelihood is that of a Gaussian with this covariance`() throws {
    var test = GradientCase(likelihood: .exact)
    test.noiseShape = .perDirection
    let model = test.model
    let noise = try #require(model.layout.noise)
    let decoder = model.isotropicDecoder
    #expect(decoder.filters.columns == GradientCase.pixels - 1)
    let codes = Matrix(
      rows: 1, columns: GradientCase.latents,
      elements: (0..<GradientCase.latents).map { Float($0 % 3) - 1 })
    let patch = test.data.selectingRows(0..<1)
    // In the whitened directions.
    var residual = decoder.whitened(patch)
    let mean = LinearAlgebra.product(codes, decoder.filters)
    for index in residual.elements.indices {
      residual.elements[index] -= mean.elements[index] + decoder.bias[index]
    }
    let squares = residual.elements.reduce(0) { $0 + Double($1) * Double($1) }
    let found =
      squares / (2 * decoder.noiseVariance) + Double(residual.columns) / 2
      * Double.log(2 * .pi * decoder.noiseVariance) + decoder.logDeterminant
    // In each direction by itself.
    let reconstruction = model.reconstructions(of: codes)
    var expected = 0.0
    for direction in 0..<noise.pixels where model.parameters[noise.variances + direction] > 0 {
      let miss = (0..<noise.pixels).reduce(0.0) {
        let part = model.parameters[noise.directions + direction * noise.stride + $1]
        return $0 + Double(part) * Double(patch[0, $1] - reconstruction[0, $1])
      }
      let variance =
        decoder.noiseVariance * Double.exp(2 * Double(model.parameters[noise.profile + direction]))
      expected += miss * miss / (2 * variance) + Double.log(2 * .pi * variance) / 2
    }
    #expect(abs(found - expected) < 1e-4 * abs(expected), "\(found), \(expected)")
  }

  /// Of a strong direction noise has a small share, of one that whitening emptied it is no part.
  @Test func `noise begins with the profile of the patches' spectrum`() throws {
    var random = RandomStream(seed: 5, purpose: .patchSampling)
    let deviations: [Double] = [3, 1, 0.4, 0.1]
    var patches = Matrix(rows: 4000, columns: 4)
    for index in patches.elements.indices {
      patches.elements[index] = Float(deviations[index % 4] * random.normal())
    }
    var model = SparseVAE(
      ModelConfiguration(
        pixels: 4, latents: 3, network: .trunk([5]), prior: LaplacePrior(scale: 0.5),
        noiseLogScale: -1, noise: .perDirection), seed: 1)
    try model.takeNoiseDirections(from: patches)
    model.takeNoiseProfile()
    let noise = try #require(model.layout.noise)
    let mean = deviations.reduce(0) { $0 + $1 * $1 } / 4
    #expect(model.noiseMeasure.directions == 3)
    for (direction, deviation) in deviations.enumerated() {
      let variance = deviation * deviation
      let profile = Double(model.parameters[noise.profile + direction])
      if direction == 3 {
        #expect(model.parameters[noise.variances + direction] == 0 && profile == 0)
      } else {
        let expected = Double.log(variance / (variance + 0.3 * mean)) / 2
        #expect(abs(profile - expected) < 0.05, "\(profile), \(expected)")
      }
    }
    #expect(throws: ParameterError.self) {
      try model.takeNoiseDirections(from: Matrix(rows: 5, columns: 4))
    }
  }

  /// However fast it is learned.
  @Test func `noise stays between its floor and half of the direction's variance`() throws {
    var training = TrainingCase()
    training.noise = .perDirection
    training.settings.learnsNoise = true
    training.settings.learningRate = 0.3
    training.constraint = UnitNorm()
    let model = training.trained(threads: 2).model
    let noise = try #require(model.layout.noise)
    for direction in 0..<noise.pixels where model.parameters[noise.variances + direction] > 0 {
      let range = NoiseWeights.range(
        variance: Double(model.parameters[noise.variances + direction]),
        noiseVariance: model.noiseVariance)
      let profile = Double(model.parameters[noise.profile + direction])
      #expect(profile > range.lowerBound - 1e-6 && profile < range.upperBound + 1e-6)
    }
  }

  /// Reconstructions are in pixels whatever the likelihood compares.
  @Test(arguments: GradientCase.directional)
  func `evaluations give pictures, and the training's ELBO`(_ test: GradientCase) throws {
    let model = test.model
    let found = Inference(model, team: ThreadTeam(count: 2)).evaluate(test.data)
    let expected = model.reconstructions(of: found.posteriors.mean)
    for (found, expected) in zip(found.reconstructions.elements, expected.elements) {
      #expect(abs(found - expected) < 1e-4)
    }
    guard model.likelihood == .exact, model.parts.latents.isDivergenceClosed else { return }
    var reference = test.reference
    let objective = reference.differentiate(
      test.data, divergenceWeight: 1, noise: test.noise
    ).objective
    let divergence =
      found.divergence.elements.reduce(0) { $0 + Double($1) } / Double(test.data.rows)
    let elbo = found.negativeLogLikelihood + found.jointDivergence + divergence
    #expect(abs(elbo - objective) < 2e-5 * abs(objective), "\(elbo), \(objective)")
  }
}
