import Compute
import Testing

@testable import LatentVariableModels

/// The first losses of fixed runs: a change in any of them is a change in the arithmetic or in the
/// random numbers, to be made on purpose only.
@Suite struct GoldenTests {
  /// −ELBO in nats per patch at steps 1 … 10. The same bits on every instruction set
  /// with fused multiply-adds; 10⁻⁵ without.
  static let sampled: [PosteriorFamily: [Double]] = [
    .gaussian: [
      119.79953088925306, 133.95092120173115, 137.06605013927043, 113.6385677093266,
      114.0516740894243, 116.73631977856132, 137.68213325001523, 132.2036983138812,
      107.97392821918345, 112.58496101106789,
    ],
    .laplace: [
      162.71858124354546, 186.29279086988944, 171.7941272931276, 161.08398506953245,
      161.04955248779584, 180.39615154584658, 179.05404331339048, 177.37415580741708,
      169.56534105699689, 166.79542124437648,
    ],
  ]

  /// The same where the expected likelihood is exact.
  static let exact: [PosteriorFamily: [Double]] = [
    .gaussian: [
      125.94346608024162, 136.0845589067492, 136.48130387719743, 112.32899469045884,
      111.20303137049677, 119.61174181871593, 128.53281904982805, 129.29940304268814,
      109.14128167756292, 112.40642867496558,
    ],
    .laplace: [
      182.6804112948607, 192.43951739395837, 193.03322814081787, 167.81431557393728,
      165.79322106784366, 174.7223774022566, 183.5878417171607, 184.1151979732697,
      161.6769326629501, 166.505178150632,
    ],
    .structured: [
      53.0316355889294, 59.11863989877576, 56.40222953776069, 44.30642503005049,
      42.319429093898236, 49.25354440010466, 53.30874159796605, 56.79528096483216,
      44.174961112671156, 44.624835915259155,
    ],
  ]

  @Test(arguments: PosteriorFamily.independent, ExpectedLikelihood.allCases)
  func `the first ten losses are as they were`(
    _ posterior: PosteriorFamily, likelihood: ExpectedLikelihood
  ) throws {
    try check(posterior, likelihood)
  }

  @Test func `and those of the structured posterior`() throws {
    try check(.structured, .exact)
  }

  private func check(_ posterior: PosteriorFamily, _ likelihood: ExpectedLikelihood) throws {
    var training = TrainingCase()
    training.contrast = posterior == .structured ? 0.4 : nil
    training.posterior = posterior
    training.likelihood = likelihood
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
    let losses = likelihood == .exact ? Self.exact : Self.sampled
    let expected = losses[posterior] ?? []
    #expect(expected.count == found.count)
    let tolerance = InstructionSet.current.isFused ? 0 : 1e-5
    for (step, pair) in zip(found, expected).enumerated() {
      #expect(abs(pair.0 / pair.1 - 1) <= tolerance, "step \(step + 1): \(found)")
    }
  }
}
