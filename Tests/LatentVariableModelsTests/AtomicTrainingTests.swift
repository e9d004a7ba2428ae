import Compute
import Distributions
import Filters
import Foundation
import TestSupport
import Testing

@testable import LatentVariableModels

/// Training and inference with posteriors that have atoms.
@Suite struct AtomicTrainingTests {
  static let cases = PosteriorFamily.allCases.flatMap { posterior in
    posterior.priorsWithAtom.map { (posterior, $0) }
  }

  private static func training(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) -> TrainingCase {
    var training = TrainingCase()
    (training.posterior, training.prior) = (posterior, prior)
    training.settings.batchSize = 72
    training.settings.learnsNoise = true
    training.settings.learnsActiveShare = posterior == .spikeAndSlab
    training.settings.learnsPriorScale = posterior != .poisson
    return training
  }

  @Test(arguments: cases)
  func `training has the same bits on any number of threads and across a resume`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) throws {
    let training = Self.training(posterior, prior)
    let one = training.trained(threads: 1).state
    #expect(one.isIdentical(to: training.trained(threads: 2).state))
    let first = training.trainer(threads: 2)
    _ = try first.runEpoch()
    _ = try first.runEpoch { $0 < 2 }
    let rest = training.trainer(threads: 1, state: first.state)
    _ = try rest.finish()
    #expect(one.isIdentical(to: rest.state))
  }

  @Test(arguments: cases) func `training lowers the objective`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) throws {
    var training = Self.training(posterior, prior)
    training.settings.epochs = 25
    let summaries = try training.trainer(threads: 2).finish()
    let (first, last) = (summaries[1].negativeELBO, summaries[summaries.count - 1].negativeELBO)
    #expect(last < first - 3, "\(first), \(last)")
  }

  /// −log p(x | z) + log q(z) − log p(z), averaged over samples.
  @Test(arguments: cases) func `the ELBO is the average over samples`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) throws {
    let model = Self.training(posterior, prior).trained(threads: 2).model
    let patches = Self.training(posterior, prior).data.selectingRows(0..<10)
    let inference = Inference(model, team: ThreadTeam(count: 2))
    let exact = inference.evaluate(patches)
    // Every patch fifty times over: a hundred thousand samples in all.
    let many = patches.selectingRows((0..<500).map { $0 % 10 })
    let likelihoods = (0..<200).map { round -> Double in
      let codes = inference.sample(many, seed: 5, first: round * 500)
      let found = model.reconstructions(of: codes)
      let error = zip(found.elements, many.elements).reduce(0) {
        $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
      }
      return model.parts.likelihood.nats(
        squaredError: error / 500, pixels: TrainingCase.pixels,
        logNoise: Double.log(model.noiseVariance) / 2)
    }
    let (mean, error) = meanAndStandardError(likelihoods)
    #expect(
      abs(exact.negativeLogLikelihood - mean) < 3 * error,
      "\(exact.negativeLogLikelihood), \(mean) ± \(error)")
    // The evaluation's divergence is the reference's.
    var reference = ReferenceStep(
      model, Self.training(posterior, prior).settings, Unconstrained())
    let objective = reference.differentiate(patches, divergenceWeight: 1) { _, _ in
      [Double](repeating: 0, count: TrainingCase.latents)
    }.objective
    let divergence = exact.divergence.elements.reduce(0) { $0 + Double($1) } / 10
    #expect(isClose(exact.negativeLogLikelihood + divergence, objective, 1e-5))
  }

  @Test(arguments: cases) func `codes have true zeros, and means and variances are the posterior's`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) {
    let model = Self.training(posterior, prior).trained(threads: 2).model
    let patches = Self.training(posterior, prior).data.selectingRows(0..<10)
    let inference = Inference(model, team: ThreadTeam(count: 2))
    let posteriors = inference.encode(patches)
    let modes = inference.modes(patches)
    #expect(modes.elements.contains(0))
    let rounds = 2000
    let samples = inference.sample(
      patches.selectingRows((0..<10 * rounds).map { $0 % 10 }), seed: 9)
    var sums = [Double](repeating: 0, count: posteriors.mean.elements.count)
    for (index, code) in samples.elements.enumerated() { sums[index % sums.count] += Double(code) }
    var outside = 0
    for index in sums.indices {
      let mean = sums[index] / Double(rounds)
      let deviation = exp(Double(posteriors.logScale.elements[index]))
      let error = 4 * deviation / Double(rounds).squareRoot()
      if abs(mean - Double(posteriors.mean.elements[index])) > error + 1e-6 { outside += 1 }
    }
    // Rare zeros and counts are not normal: a few lie beyond four errors.
    #expect(outside < sums.count / 50, "\(outside) of \(sums.count)")
  }

  @Test func `counts are counts, and rates of the prior are learned`() {
    var training = Self.training(.poisson, .poisson)
    training.settings.epochs = 10
    let trainer = training.trained(threads: 2)
    let model = trainer.model
    let rates = model.namedTensors.first { $0.name == "prior_log_rate" }
    #expect(rates?.shape == [TrainingCase.latents])
    let start = SparseVAE(training.configuration, seed: 7).namedTensors.first {
      $0.name == "prior_log_rate"
    }
    #expect(start?.elements.allSatisfy { (-6...(-4)).contains($0) } == true)
    #expect(rates != start)
    let patches = training.data.selectingRows(0..<20)
    let inference = Inference(model, team: ThreadTeam(count: 2))
    let modes = inference.modes(patches).elements.map { $0 / Float(model.priorScale) }
    let size = Double(model.priorScale)
    for code in inference.sample(patches, seed: 1).elements.map({ Double($0) / size })
      + modes.map(Double.init)
    {
      #expect(code >= 0 && abs(code - code.rounded()) < 1e-5)
    }
  }

  @Test func `the fitted share comes to rest where it is the mean of the posteriors'`() throws {
    var training = Self.training(.spikeAndSlab, .spikeAndSlab)
    training.settings.epochs = 60
    training.settings.batchSize = 20
    training.settings.learnsNoise = false
    training.settings.priorScaleUpdate = .empiricalBayes
    let model = training.trained(threads: 2).model
    func divergence(_ model: SparseVAE) -> Double {
      Inference(model, team: ThreadTeam(count: 2)).evaluate(training.data).divergence.elements
        .reduce(0) { $0 + Double($1) }
    }
    let least = divergence(model)
    let places = [
      model.layout.logPriorScales.lowerBound, model.layout.priorNumbers?.places.lowerBound ?? 0,
    ]
    for place in places {
      for change in [-0.25, 0.25] as [Float] {
        var moved = model
        moved.parameters[place] += change
        #expect(divergence(moved) > least, "\(place), \(change)")
      }
    }
  }
}
