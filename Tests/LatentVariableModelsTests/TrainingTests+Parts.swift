import Compute
import RealModule
import Testing

@testable import LatentVariableModels

// What changes in the course of a training: scales, and the posterior.
extension TrainingTests {
  @Test func `a structured posterior begins at its share, and a finished model has it`() throws {
    for share in [0.4, 0.999] {
      var training = TrainingCase()
      training.posterior = .structured
      training.settings.structuredFrom = share
      let trainer = training.trainer(threads: 1)
      _ = try trainer.runEpoch { $0 < 1 }
      #expect(trainer.model.configuration.posterior == .gaussian)
      _ = try trainer.finish()
      #expect(trainer.model.configuration.posterior == .structured)
    }
  }

  @Test func `learned scales move, and fixed ones stay`() {
    var training = TrainingCase()
    training.settings.learningRate = 0.02
    let fixed = training.trained(threads: 1).model
    #expect(abs(fixed.noiseVariance.squareRoot() - Double.exp(-0.7)) < 1e-6)
    #expect(abs(fixed.priorScale - 0.3) < 1e-6)
    training.settings.learnsNoise = true
    training.settings.learnsPriorScale = true
    let learned = training.trained(threads: 1).model
    #expect(abs(learned.noiseVariance - fixed.noiseVariance) > 0.01)
    #expect(abs(learned.priorScale - fixed.priorScale) > 0.01)
    #expect(learned.prior.scale == learned.priorScale)
  }

  /// σ² is at its best where it equals the mean squared error of a pixel.
  @Test func `learned noise approaches the residual's`() throws {
    var training = TrainingCase()
    training.settings.epochs = 150
    training.settings.learningRate = 0.01
    training.settings.schedule = .constant
    training.settings.learnsNoise = true
    let trainer = training.trained(threads: 2)
    let step = TrainingStep(
      trainer.model, TrainingSettings(batch: 400, seed: 1), state: trainer.state.optimizer,
      team: ThreadTeam(count: 1))
    let result = step.run(training.data, rows: 0..<400, step: 1)
    let residual = result.squaredError / Double(TrainingCase.pixels)
    let noise = trainer.model.noiseVariance
    #expect(abs(noise / residual - 1) < 0.1, "σ² \(noise), residual \(residual)")
  }
}
