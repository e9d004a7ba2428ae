import Compute
import Distributions
import Testing

@testable import LatentVariableModels

@Suite struct ScheduleTests {
  @Test(arguments: LearningRateSchedule.allCases)
  func `a schedule goes from 1 to the final ratio and never rises`(_ schedule: LearningRateSchedule)
  {
    for ratio in [1, 0.5, 0.03, 1e-4] {
      let end = schedule == .constant ? 1 : ratio
      #expect(isClose(schedule.factor(progress: 0, finalRatio: ratio), 1, 1e-12))
      #expect(isClose(schedule.factor(progress: 1, finalRatio: ratio), end, 1e-12))
      let factors = (0...100).map { schedule.factor(progress: Double($0) / 100, finalRatio: ratio) }
      for (before, after) in zip(factors, factors.dropFirst()) { #expect(after <= before + 1e-15) }
    }
  }

  @Test func `halfway the exponential is the geometric mean, the cosine the arithmetic one`() {
    #expect(
      isClose(LearningRateSchedule.exponential.factor(progress: 0.5, finalRatio: 0.04), 0.2, 1e-12))
    #expect(
      isClose(LearningRateSchedule.cosine.factor(progress: 0.5, finalRatio: 0.04), 0.52, 1e-12))
  }

  @Test func `progress beyond the run's ends counts as the ends`() {
    for schedule in LearningRateSchedule.allCases {
      let (first, last) = (
        schedule.factor(progress: 0, finalRatio: 0.1), schedule.factor(progress: 1, finalRatio: 0.1)
      )
      #expect(schedule.factor(progress: -1, finalRatio: 0.1) == first)
      #expect(schedule.factor(progress: 7, finalRatio: 0.1) == last)
    }
  }

  @Test func `the divergence's weight rises to 1 over the warm-up and stays`() {
    var settings = TrainingSettings()
    settings.epochs = 5
    settings.warmupEpochs = 2
    let weights = (1...50).map { settings.stepSettings($0, stepsPerEpoch: 10).divergenceWeight }
    for step in 1...20 { #expect(isClose(weights[step - 1], Double(step) / 20, 1e-12)) }
    #expect(weights[20...].allSatisfy { $0 == 1 })
    settings.warmupEpochs = 0
    #expect(settings.stepSettings(1, stepsPerEpoch: 10).divergenceWeight == 1)
  }

  @Test func `the decoder's learning rate keeps its factor on the encoder's`() {
    var settings = TrainingSettings()
    settings.decoderRateFactor = 5
    for step in [1, 17, 250] {
      let numbers = settings.stepSettings(step, stepsPerEpoch: 10)
      #expect(isClose(numbers.decoderLearningRate, 5 * numbers.learningRate, 1e-12))
    }
    #expect(settings.stepSettings(1, stepsPerEpoch: 10).learningRate == settings.learningRate)
  }

  @Test func `scales are learned, and filters slowed, from a share of training on`() {
    var settings = TrainingSettings()
    settings.epochs = 4
    let plain = (1...40).map { settings.stepSettings($0, stepsPerEpoch: 10) }
    #expect(plain.allSatisfy { $0.learnsScales })
    (settings.scalesFrom, settings.lateDecoderFactor) = (0.6, 0.3)
    for (step, plain) in zip(1...40, plain) {
      let numbers = settings.stepSettings(step, stepsPerEpoch: 10)
      #expect(numbers.learnsScales == (step > 24))
      #expect(numbers.learningRate == plain.learningRate)
      let factor = step > 24 ? 0.3 : 1
      #expect(
        isClose(numbers.decoderLearningRate, factor * plain.decoderLearningRate, 1e-12))
    }
  }

  /// At the root of ∂KL/∂log s the fit stays; with a Laplace prior that is where s = E|z|.
  @Test(arguments: PriorFamily.withDensity)
  func `the fitted scale comes to rest where the divergence is least`(_ prior: PriorFamily) throws {
    var training = TrainingCase()
    training.prior = prior
    training.settings.epochs = 30
    training.settings.batchSize = 20
    training.settings.learnsPriorScale = true
    training.settings.priorScaleUpdate = .empiricalBayes
    let fitted = training.trainer(threads: 2)
    _ = try fitted.finish()
    let inference = Inference(fitted.model, team: ThreadTeam(count: 2))
    let least = inference.evaluate(training.data).divergence.elements.reduce(0.0) {
      $0 + Double($1)
    }
    for factor in [0.8, 1.25] {
      var moved = fitted.model
      moved.parameters[moved.layout.logPriorScales.lowerBound] += Float(Double.log(factor))
      let other = Inference(moved, team: ThreadTeam(count: 2)).evaluate(training.data)
      let divergence = other.divergence.elements.reduce(0.0) { $0 + Double($1) }
      #expect(divergence > least, "\(factor): \(divergence), \(least)")
    }
  }

  @Test func `scales stay until their share of training, filters from then on`() throws {
    var training = TrainingCase()
    training.settings.epochs = 4
    training.settings.learnsNoise = true
    training.settings.learnsPriorScale = true
    training.settings.scalesFrom = 0.5
    training.settings.lateDecoderFactor = 0
    let trainer = training.trainer(threads: 2)
    let first = trainer.model
    for _ in 0..<2 { _ = try trainer.runEpoch() }
    let middle = trainer.model
    #expect(middle.noiseVariance == first.noiseVariance && middle.priorScale == first.priorScale)
    #expect(middle.filters != first.filters)
    for _ in 2..<4 { _ = try trainer.runEpoch() }
    #expect(
      trainer.model.noiseVariance != first.noiseVariance
        && trainer.model.priorScale != first.priorScale)
    let moved = zip(trainer.model.filters.elements, middle.filters.elements).map { abs($0 - $1) }
    #expect((moved.max() ?? 1) < 1e-6)
  }
}
