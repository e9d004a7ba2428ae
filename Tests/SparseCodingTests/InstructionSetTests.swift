import Compute
import SparseCoding
import TestSupport
import Testing

@Suite struct InstructionSetTests {
  let team = ThreadTeam(count: 2)

  @Test(arguments: everySolver.indices, [false, true])
  func `a solver's codes have the same bits on every instruction set with fused multiply-adds`(
    index: Int, nonnegative: Bool
  ) {
    let bars = Bars(size: 9, patches: 70, active: 3, noise: 0.1, nonnegative: nonnegative)
    let problem = SparseCodingProblem(
      dictionary: bars.dictionary, sparsity: 0.3, nonnegative: nonnegative)
    let found = InstructionSet.onEachFused {
      everySolver[index].encode(bars.patches, problem: problem, team: team).codes
    }
    for (set, codes) in found {
      #expect(codes == found[0].result, "\(everySolver[index]), \(set) beside \(found[0].set)")
    }
  }

  @Test(arguments: everyRule.indices)
  func `a dictionary has the same bits on every instruction set with fused multiply-adds`(
    rule: Int
  ) {
    let bars = Bars(size: 6, patches: 300, active: 2, noise: 0.05)
    let learner = DictionaryLearner(
      sparsity: 0.5, solver: CoordinateDescent(), rule: everyRule[rule], batchSize: 100,
      updates: 12)
    let found = InstructionSet.onEachFused {
      var state = DictionaryState(atoms: 20, pixels: 36, seed: 3)
      learner.train(&state, patches: bars.patches, team: team)
      return state
    }
    for (set, state) in found {
      #expect(state == found[0].result, "\(everyRule[rule]), \(set) beside \(found[0].set)")
    }
  }
}
