import Compute
import Distributions
import Filters
import RealModule
import Testing

@testable import LatentVariableModels

/// Numbers that leave the finite range are found and named.
extension TrainingTests {
  @Test func `divergence names the step and the layer`() throws {
    var training = TrainingCase()
    training.settings.learningRate = 1e18
    let trainer = training.trainer(threads: 1)
    let failure = #expect(throws: TrainingDiverged.self) { () throws in _ = try trainer.finish() }
    #expect(
      failure?.description
        == "training diverged at step 2, in epoch 1: encoder.trunk.0.weight has run away; the "
        + "learning rate is probably too high: lower it, or clip the gradient's norm")
  }

  @Test func `a weight that is not finite is named`() throws {
    let training = TrainingCase()
    var state = training.trainer(threads: 1).state
    var tensors = state.model.namedTensors
    let place = try #require(tensors.firstIndex { $0.name == "encoder.log_scale.weight" })
    tensors[place].elements[3] = .nan
    try state.model.load(tensors)
    let trainer = training.trainer(threads: 1, state: state)
    let failure = #expect(throws: TrainingDiverged.self) { () throws in _ = try trainer.finish() }
    #expect(failure?.layer == "encoder.log_scale.weight" && failure?.step == 1)
    #expect(
      failure?.description.contains("encoder.log_scale.weight has run away") == true)
  }

  @Test func `a step whose objective is not finite changes nothing`() {
    for clippingNorm in [nil, 1.0] {
      let training = TrainingCase()
      var settings = TrainingSettings(batch: 300, seed: 1)
      settings.clippingNorm = clippingNorm
      let step = TrainingStep(
        SparseVAE(training.configuration, seed: 1), settings, team: ThreadTeam(count: 2))
      let before = (step.model.namedTensors, step.state)
      var data = training.data
      data[299, 3] = .infinity
      #expect(!step.run(data, rows: 0..<300, step: 1).negativeELBO.isFinite)
      #expect(step.model.namedTensors == before.0 && step.state == before.1)
    }
  }

  @Test func `an update that ends in no number is found at the epoch's end`() {
    // One batch an epoch: the objective is that of the parameters before the only update.
    var training = TrainingCase()
    training.settings.batchSize = 400
    training.settings.learningRate = 1e39
    let trainer = training.trainer(threads: 1)
    let failure = #expect(throws: TrainingDiverged.self) { () throws in
      _ = try trainer.runEpoch()
    }
    #expect(failure?.step == 1 && failure?.layer == "encoder.trunk.0.weight")
  }

  @Test(arguments: [1e4, 1e2]) func `a prior's scale that runs away is a divergence, not a crash`(
    rate: Double
  ) {
    var training = TrainingCase()
    training.settings.learningRate = rate
    training.settings.learnsPriorScale = true
    training.settings.epochs = 20
    let trainer = training.trainer(threads: 1)
    #expect(throws: TrainingDiverged.self) { () throws in _ = try trainer.finish() }
  }

  @Test func `patches that are not scaled are named as a cause`() throws {
    var data = TrainingCase().data
    data.elements = data.elements.map { $0 * 1e30 }
    let training = TrainingCase()
    let trainer = Trainer(
      training.configuration, training.settings, constraint: UnitNorm(), data: data,
      team: ThreadTeam(count: 1))
    let failure = #expect(throws: TrainingDiverged.self) { () throws in _ = try trainer.finish() }
    #expect(failure?.description.contains("not scaled to unit variance") == true)
  }

  #if canImport(Glibc)
    /// Other tests ask for memory meanwhile, so the least of many readings counts.
    @Test(arguments: constraints) func `steps leave nothing on the heap`(_ variant: Variant) throws
    {
      let training = variant.training
      let settings = TrainingSettings(batch: 128, seed: 1)
      let step = TrainingStep(
        SparseVAE(training.configuration, seed: 1), settings, constraint: training.constraint,
        team: ThreadTeam(count: 2))
      let data = training.data
      var least = Int.max
      for round in 0..<100 where least >= 1024 {
        let before = try #require(Heap.bytes)
        for number in 1...10 { _ = step.run(data, rows: 0..<128, step: 10 * round + number) }
        let after = try #require(Heap.bytes)
        least = min(least, abs(after - before))
      }
      #expect(least < 1024, "\(least) bytes more after 10 steps")
    }
  #endif
}
