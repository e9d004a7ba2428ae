import Compute
import Distributions
import SparseCoding
import Testing

let everySolver: [any SparseSolver] = [
  ISTA(), FISTA(), CoordinateDescent(), ActiveSetNewton(),
  LocallyCompetitiveAlgorithm(),
  LocallyCompetitiveAlgorithm(threshold: .hard), ADMM(), HadamardFlow(), HadamardFlow(depth: 3),
  OrthogonalMatchingPursuit(activeAtoms: 6, tolerance: 1e-3),
  MatchingPursuit(activeAtoms: 6, maximumSteps: 100, tolerance: 1e-3),
  IterativeHardThresholding(activeAtoms: 6),
  ConjugateGradient(CauchyPrior(scale: 0.3)), ConjugateGradient(GaussianWell()),
  ConjugateGradient(CauchyPrior(scale: 0.3), noiseVariance: 0.3),
]

@Suite struct RecoveryTests {
  /// Bars overlap in one pixel: |cosine| = 1/8, so that every method can tell them apart.
  @Test(arguments: everySolver.indices, [false, true])
  func `planted bars are found`(index: Int, nonnegative: Bool) {
    let solver = everySolver[index]
    let bars = Bars(size: 8, patches: 100, active: 1.5, noise: 0.01, nonnegative: nonnegative)
    // A hard threshold leaves codes as they are, and must keep out what bars share.
    let isHard = (solver as? LocallyCompetitiveAlgorithm)?.threshold == .hard
    let problem = SparseCodingProblem(
      dictionary: bars.dictionary, sparsity: isHard ? 1.5 : 0.3, nonnegative: nonnegative)
    let encoding = solver.encode(bars.patches, problem: problem, team: ThreadTeam(count: 2))
    #expect(encoding.count(.notFinite) == 0)
    for row in 0..<bars.codes.rows where bars.codes.row(row).count(where: { $0 != 0 }) <= 6 {
      for k in 0..<bars.codes.columns {
        let (planted, found) = (bars.codes[row, k], encoding.codes[row, k])
        #expect(abs(planted - found) < 0.6, "\(solver), patch \(row), bar \(k)")
      }
    }
  }
}
