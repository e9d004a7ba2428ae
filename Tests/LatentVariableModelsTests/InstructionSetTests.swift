import Compute
import TestSupport
import Testing

@testable import LatentVariableModels

@Suite struct InstructionSetTests {
  @Test(arguments: PosteriorFamily.allCases)
  func `a training run has the same bits on every instruction set with fused multiply-adds`(
    _ posterior: PosteriorFamily
  ) {
    var training = TrainingCase()
    training.posterior = posterior
    training.prior = posterior.priorsWithAtom.first ?? .laplace
    // The last block of a batch is a partial one.
    training.settings.batchSize = 72
    let runs = InstructionSet.onEachFused {
      training.trained(threads: 2).model.parameters.array
    }
    for (set, parameters) in runs {
      #expect(parameters == runs[0].result, "\(set) beside \(runs[0].set)")
    }
  }
}
