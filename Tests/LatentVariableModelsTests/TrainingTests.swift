import Compute
import Distributions
import Filters
import RealModule
import Testing

@testable import LatentVariableModels

/// Training as a whole: it learns, repeats itself to the bit, goes on where it stopped, and says so
/// where it diverges.
@Suite(.serialized) struct TrainingTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout TrainingCase) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout TrainingCase) -> Void) {
      testDescription = name
      self.change = change
    }

    var training: TrainingCase {
      var training = TrainingCase()
      change(&training)
      return training
    }
  }

  static let constraints: [Variant] = ConstraintTests.cases.map { test in
    Variant(test.testDescription) { $0.constraint = test.constraint }
  }

  static let variants: [Variant] =
    constraints + [
      Variant("Laplace posterior") { $0.posterior = .laplace },
      Variant("branches") {
        $0.network = .branches(trunk: [20], mean: [12, 8], logScale: [33, 9])
      },
      Variant("batches of 32") { $0.settings.batchSize = 32 },
      Variant("batches of 100") { $0.settings.batchSize = 100 },
      Variant("batches of 300, three chunks") { $0.settings.batchSize = 300 },
      Variant("batches larger than the data") { $0.settings.batchSize = 1000 },
      Variant("sampled likelihood") { $0.likelihood = .sampled },
      Variant("three samples") {
        $0.likelihood = .sampled
        $0.settings.samples = 3
      },
      Variant("clipped gradient") { $0.settings.clippingNorm = 0.5 },
      Variant("learned noise and prior scale") {
        $0.settings.learnsNoise = true
        $0.settings.learnsPriorScale = true
      },
      Variant("Laplace posterior, horseshoe prior, batches of 300, two samples, clipped") {
        $0.posterior = .laplace
        $0.prior = .horseshoe
        $0.settings.batchSize = 300
        $0.likelihood = .sampled
        $0.settings.samples = 2
        $0.settings.clippingNorm = 1
      },
      Variant("duplicates revived, of any two filters that are alike") {
        $0.settings.revivalEpochs = 1
        $0.settings.revivalSimilarity = 0.3
      },
      Variant("exact likelihood, sampled divergence, batches of 300") {
        $0.prior = .studentT
        $0.settings.batchSize = 300
        $0.settings.samples = 2
      },
      Variant("prior scale by empirical Bayes") {
        $0.settings.learnsPriorScale = true
        $0.settings.priorScaleUpdate = .empiricalBayes
      },
      Variant("scales learned from the second epoch on, filters held then") {
        $0.settings.learnsNoise = true
        $0.settings.learnsPriorScale = true
        $0.settings.scalesFrom = 0.5
        $0.settings.lateDecoderFactor = 0
      },
      Variant("noise per direction, learned, batches of 300, clipped") {
        $0.noise = .perDirection
        $0.settings.learnsNoise = true
        $0.settings.batchSize = 300
        $0.settings.clippingNorm = 1
      },
      Variant("structured posterior, noise per direction, learned from half on") {
        $0.noise = .perDirection
        $0.posterior = .structured
        $0.settings.learnsNoise = true
        $0.settings.scalesFrom = 0.5
      },
      Variant("a scale for each latent, batches of 300") {
        $0.scalePerLatent = true
        $0.settings.learnsPriorScale = true
        $0.settings.batchSize = 300
      },
      Variant("structured posterior and contrast, a fitted scale for each latent") {
        $0.posterior = .structured
        $0.contrast = 0.5
        $0.scalePerLatent = true
        $0.settings.learnsPriorScale = true
        $0.settings.priorScaleUpdate = .empiricalBayes
      },
      Variant("structured posterior") { $0.posterior = .structured },
      Variant("structured posterior, refined, of a heavy-tailed prior, batches of 300") {
        $0.posterior = .structured
        $0.prior = .studentT
        $0.refinements = 1
        $0.settings.batchSize = 300
      },
      Variant("structured posterior and contrast from the second epoch on") {
        $0.posterior = .structured
        $0.contrast = 0.5
        $0.settings.structuredFrom = 0.6
        $0.settings.learnsPriorScale = true
        $0.settings.priorScaleUpdate = .empiricalBayes
      },
      Variant("cosine schedule") { $0.settings.schedule = .cosine },
    ]

  @Test(arguments: variants) func `the objective falls`(_ variant: Variant) throws {
    var training = variant.training
    training.settings.epochs = 60
    training.settings.warmupEpochs = 0
    let summaries = try training.trainer(threads: 2).finish()
    #expect(summaries.map(\.epoch) == Array(1...60))
    #expect(
      summaries[59].negativeELBO < summaries[0].negativeELBO - 10,
      "\(summaries.map(\.negativeELBO))")
  }

  @Test(arguments: variants) func `results do not depend on the number of threads`(
    _ variant: Variant
  ) {
    let one = variant.training.trained(threads: 1).state
    for threads in [2, 3] {
      #expect(
        variant.training.trained(threads: threads).state.isIdentical(to: one),
        "\(threads) threads")
    }
  }

  /// Stopped in the middle of the second epoch on two threads, and again at the end of it.
  @Test(arguments: variants) func `a resumed run equals an uninterrupted one`(
    _ variant: Variant
  ) throws {
    let training = variant.training
    let whole = training.trainer(threads: 1)
    let summaries = try whole.finish()

    let first = training.trainer(threads: 2)
    _ = try first.runEpoch()
    let middle = (first.stepsPerEpoch + 1) / 2
    let unfinished = try first.runEpoch { $0 < middle }
    #expect((unfinished == nil) == (first.stepsPerEpoch > 1))
    let second = training.trainer(threads: 1, state: first.state)
    #expect(second.state.isIdentical(to: first.state))
    if first.stepsPerEpoch > 1 {
      let summary = try second.runEpoch()
      #expect(summary == summaries[1], "an epoch's sums are resumed as well")
    }
    let third = training.trainer(threads: 2, state: second.state)
    let rest = try third.finish()
    #expect(rest.last == (rest.isEmpty ? nil : summaries.last))
    #expect(third.state.isIdentical(to: whole.state))
  }

  @Test func `a stop at an epoch's last step ends the epoch`() throws {
    let training = TrainingCase()
    let trainer = training.trainer(threads: 1)
    let last = trainer.stepsPerEpoch
    let summary = try trainer.runEpoch { $0 < last }
    #expect(summary != nil)
    #expect(trainer.state.progress.epoch == 1 && trainer.state.progress.stepInEpoch == 0)
  }

  @Test func `another seed gives another model`() {
    var training = TrainingCase()
    let one = training.trained(threads: 1).state
    training.settings.seed = 8
    #expect(!training.trained(threads: 1).state.isIdentical(to: one))
  }

  /// The two paths round alike: fusing changes where Adam runs, not what it is given.
  @Test(arguments: [32, 100, 128, 300]) func `fused Adam equals Adam on stored gradients`(
    batch: Int
  ) {
    var training = TrainingCase()
    training.settings.batchSize = batch
    let fused = training.trained(threads: 1).model.namedTensors
    training.settings.clippingNorm = .infinity
    let stored = training.trained(threads: 1).model.namedTensors
    for (a, b) in zip(fused, stored) {
      let worst = zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(worst == 0, "\(a.name) differs by \(worst)")
    }
  }

  @Test func `clipping shortens the first step's gradient and leaves its direction`() throws {
    var gradients: [[Float]] = []
    for limit in [Double.infinity, 0.25] {
      var settings = TrainingSettings(batch: 128, seed: 1)
      settings.clippingNorm = limit
      let training = TrainingCase()
      let step = TrainingStep(
        SparseVAE(training.configuration, seed: 1), settings, team: ThreadTeam(count: 1))
      let data = training.data
      _ = step.run(data, rows: 0..<128, step: 1)
      gradients.append(step.gradient.array)
    }
    func norm(_ vector: [Float]) -> Double {
      vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    #expect(norm(gradients[0]) > 0.25)
    // With unit norm's tangent the decoder's part is shortened once more, after clipping.
    #expect(norm(gradients[1]) <= 0.25 * (1 + 1e-5))
    let layout = SparseVAE(TrainingCase().configuration, seed: 1).layout
    let encoder = gradients.map { Array($0[layout.encoderRange]) }
    let ratio = norm(encoder[1]) / norm(encoder[0])
    for (a, b) in zip(encoder[0], encoder[1]) {
      #expect(abs(Double(b) - ratio * Double(a)) < 1e-6)
    }
  }

  @Test func `each epoch's batches cover different patches in a new order`() throws {
    // With 100 of 250 patches a batch, two batches an epoch leave 50 out: not always the same.
    var training = TrainingCase()
    training.patches = 250
    training.settings.batchSize = 100
    let trainer = training.trainer(threads: 1)
    #expect(trainer.stepsPerEpoch == 2)
    var orders: Set<[Int]> = []
    for epoch in 0..<3 {
      var random = RandomStream(seed: 7, purpose: .shuffling, step: epoch)
      let order = random.permutation(of: 250)
      #expect(order.sorted() == Array(0..<250))
      orders.insert(Array(order[200...]).sorted())
    }
    #expect(orders.count == 3)
  }
}

extension TrainingStep {
  /// A step on a range of rows, at usual rates.
  func run(_ data: Matrix, rows: Range<Int32>, step: Int) -> StepResult {
    run(
      data, rows: Array(rows)[...],
      StepSettings(step: step, learningRate: 1e-3, decoderLearningRate: 5e-3))
  }
}
