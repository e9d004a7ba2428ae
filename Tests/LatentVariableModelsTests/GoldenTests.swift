import Compute
import Testing

@testable import LatentVariableModels

/// The first losses of fixed runs: a change in any of them is a change in the arithmetic or in the
/// random numbers, to be made on purpose only.
@Suite struct GoldenTests {
  /// −ELBO in nats per patch at steps 1 … 10. Instruction sets differ in rounding: 10⁻⁵.
  static let losses: [PosteriorFamily: [Double]] = [
    .gaussian: [
      119.7995, 133.9509, 137.0661, 113.6386, 114.0517,
      116.7363, 137.6821, 132.2037, 107.9739, 112.5850,
    ],
    .laplace: [
      162.7186, 186.2928, 171.7941, 161.0840, 161.0496,
      180.3962, 179.0540, 177.3742, 169.5654, 166.7954,
    ],
  ]

  @Test(arguments: PosteriorFamily.allCases) func `the first ten losses are as they were`(
    _ posterior: PosteriorFamily
  ) throws {
    var training = TrainingCase()
    training.posterior = posterior
    training.settings.batchSize = 32
    training.settings.finalRateRatio = 0.03
    let trainer = training.trainer(threads: 2)
    var found: [Double] = []
    var sum = 0.0
    while found.count < 10 {
      // One step at a time: the sums of the unfinished epoch give each step's loss.
      let done = found.count
      _ = try trainer.runEpoch { $0 <= done }
      let total = trainer.state.progress.summary.negativeELBO * Double(done + 1)
      found.append(total - sum)
      sum = total
    }
    let expected = Self.losses[posterior] ?? []
    #expect(expected.count == found.count)
    for (step, pair) in zip(found, expected).enumerated() {
      #expect(abs(pair.0 / pair.1 - 1) < 1e-5, "step \(step + 1): \(found)")
    }
  }
}
