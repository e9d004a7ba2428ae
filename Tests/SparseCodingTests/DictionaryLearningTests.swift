import Compute
import Filters
import Foundation
import SparseCoding
import Testing

let everyRule: [any DictionaryRule] = [
  GradientRule(), GradientRule(constraint: UnitBall()), OnlineRule(), OptimalDirections(), KSVD(),
]

@Suite struct DictionaryLearningTests {
  let team = ThreadTeam(count: 2)
  let solver = CoordinateDescent(tolerance: 1e-4)
  /// K-SVD wants codes that are not shrunken.
  let pursuit = OrthogonalMatchingPursuit(activeAtoms: 4, tolerance: 0.05)

  @Test(arguments: everyRule.indices)
  func `planted bars are recovered`(rule: Int) {
    let bars = Bars(size: 6, patches: 2000, active: 2, noise: 0.05)
    let learner = DictionaryLearner(
      sparsity: 0.5, solver: everyRule[rule] is KSVD ? pursuit : solver, rule: everyRule[rule],
      batchSize: 200, updates: 200)
    var state = DictionaryState(atoms: 20, pixels: 36, seed: 3)
    learner.train(&state, patches: bars.patches, team: team)
    let recovery = bars.recovery(in: state.dictionary)
    #expect(recovery.allSatisfy { $0 > 0.98 }, "\(everyRule[rule]): \(recovery)")
  }

  @Test(arguments: [1, 2, 3])
  func `online learning reaches scikit-learn's objective in the same passes`(seed: UInt64) throws {
    let reference = try ReferenceValues.load().learning
    let patches = try reference.patchMatrix()
    let learner = DictionaryLearner(
      solver: solver, rule: OnlineRule(), batchSize: reference.batch,
      updates: reference.passes * reference.patches / reference.batch, seed: seed)
    var state = DictionaryState(atoms: reference.atoms, pixels: reference.pixels, seed: seed)
    learner.train(&state, patches: patches, team: team)
    let problem = learner.problem(state)
    let codes = solver.encode(patches, problem: problem, team: team).codes
    let objectives = problem.objectives(patches: patches, codes: codes)
    #expect(objectives.reduce(0, +) / Double(patches.rows) <= reference.objective)
  }

  @Test(arguments: everyRule.indices)
  func `a resumed run equals an uninterrupted one, with any number of threads`(rule: Int) throws {
    let bars = Bars(size: 6, patches: 500, active: 2)
    let learner = DictionaryLearner(
      sparsity: 0.5, solver: solver, rule: everyRule[rule], batchSize: 100, updates: 12)
    var whole = DictionaryState(atoms: 20, pixels: 36, seed: 5)
    var interrupted = whole
    learner.train(&whole, patches: bars.patches, team: team)
    let single = ThreadTeam(count: 1)
    learner.train(&interrupted, patches: bars.patches, team: single) { metrics, _ in
      metrics.step < 4
    }
    #expect(interrupted.step == 5)
    var resumed = try JSONDecoder().decode(
      DictionaryState.self, from: JSONEncoder().encode(interrupted))
    #expect(resumed == interrupted)
    learner.train(&resumed, patches: bars.patches, team: ThreadTeam(count: 3))
    #expect(resumed == whole, "\(everyRule[rule])")
  }

  @Test func `dead and duplicate atoms are counted, and replaced by option`() {
    let bars = Bars(size: 6, patches: 400, active: 2)
    var dictionary = DictionaryState(atoms: 12, pixels: 36, seed: 1).dictionary
    for pixel in 0..<36 {
      dictionary[4, pixel] = -dictionary[1, pixel]
      dictionary[7, pixel] = 0
    }
    for replaces in [false, true] {
      var learner = DictionaryLearner(sparsity: 0.5, solver: solver, rule: GradientRule(rate: 0))
      learner.replacement = AtomReplacement(
        idlePatches: 400, replacesDead: replaces, replacesDuplicates: replaces)
      var state = DictionaryState(dictionary: dictionary)
      let metrics = learner.step(&state, patches: bars.patches, team: team)
      #expect(metrics.dead == 1)
      #expect(metrics.duplicates == 1)
      #expect(metrics.replaced == (replaces ? 2 : 0))
      #expect((state.norm(of: 7) > 0.99) == replaces)
      #expect((learner.problem(state).duplicates(above: 0.99) == []) == replaces)
    }
  }

  @Test func `variance matching brings every code to the stated variance`() {
    let bars = Bars(size: 6, patches: 2000, active: 2, noise: 0.05)
    let goal: Float = 2
    let learner = DictionaryLearner(
      sparsity: 0.5, solver: solver,
      rule: GradientRule(
        rate: 0.2,
        constraint: VarianceMatching(
          goal: goal, rate: 0.05, averaging: 0.05, gainRange: 0.1...10, followsFilter: true)),
      batchSize: 200, updates: 600)
    var state = DictionaryState(atoms: 12, pixels: 36, seed: 3)
    learner.train(&state, patches: bars.patches, team: team)
    let codes = solver.encode(bars.patches, problem: learner.problem(state), team: team).codes
    for atom in 0..<12 {
      let variance =
        (0..<codes.rows).reduce(0) { $0 + codes[$1, atom] * codes[$1, atom] }
        / Float(codes.rows)
      #expect(abs(variance / goal - 1) < 0.2, "atom \(atom): \(variance)")
    }
    #expect(bars.recovery(in: state.dictionary).allSatisfy { $0 > 0.98 })
  }

  @Test func `a patch that is not finite does not spoil the dictionary`() {
    var patches = Bars(size: 6, patches: 200, active: 2).patches
    patches[17, 3] = .nan
    let learner = DictionaryLearner(sparsity: 0.5, solver: solver, rule: OnlineRule())
    var state = DictionaryState(atoms: 12, pixels: 36, seed: 3)
    let metrics = learner.step(&state, patches: patches, team: team)
    #expect(metrics.notFinite == 1)
    #expect(metrics.objective.isFinite)
    #expect(state.filters.allSatisfy { $0.isFinite })
  }
}
