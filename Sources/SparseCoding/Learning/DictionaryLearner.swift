import Compute

/// Learns a dictionary: codes of a batch by a solver, then the dictionary by a rule, again and
/// again.
///
/// The value is the settings; everything that changes lives in a `DictionaryState`, which can be
/// stored at any step.
/// ```swift
/// let learner = DictionaryLearner(sparsity: 1, rule: OnlineRule())
/// var state = DictionaryState(atoms: 169, pixels: 144, seed: 1)
/// learner.train(&state, patches: patches, team: ThreadTeam(count: 2))
/// ```
public struct DictionaryLearner: Sendable {
  /// λ, the weight of |z| against squared error.
  public var sparsity: Float
  /// Whether codes are restricted to z ≥ 0.
  public var isNonnegative: Bool
  /// What finds the codes.
  public var solver: any SparseSolver
  /// What changes the dictionary.
  public var rule: any DictionaryRule
  /// Patches in a batch drawn by `train`.
  public var batchSize: Int
  /// The planned number of updates, along which rates decay.
  public var updates: Int
  /// Which atoms are replaced by patches.
  public var replacement: AtomReplacement
  /// Seeds the choice of batches and of replacements.
  public var seed: UInt64

  /// A learner of these properties.
  public init(
    sparsity: Float = 1, isNonnegative: Bool = false,
    solver: any SparseSolver = ActiveSetNewton(tolerance: 1e-4),
    rule: any DictionaryRule = GradientRule(), batchSize: Int = 200, updates: Int = 2500,
    replacement: AtomReplacement = AtomReplacement(), seed: UInt64 = 1
  ) {
    precondition(batchSize >= 1 && updates >= 0, "\(updates) updates of \(batchSize) patches")
    self.sparsity = sparsity
    self.isNonnegative = isNonnegative
    self.solver = solver
    self.rule = rule
    self.batchSize = batchSize
    self.updates = updates
    self.replacement = replacement
    self.seed = seed
  }

  /// The problem whose solutions are the codes under the state's dictionary.
  public func problem(_ state: DictionaryState) -> SparseCodingProblem {
    SparseCodingProblem(
      dictionary: state.dictionary, sparsity: sparsity, nonnegative: isNonnegative)
  }

  /// One update with a batch.
  ///
  /// - Parameters:
  ///   - patches: `[patches, pixels]`
  /// - Returns: what was measured with the dictionary before the update.
  @discardableResult
  public func step(
    _ state: inout DictionaryState, patches: Matrix, team: ThreadTeam
  ) -> DictionaryMetrics {
    let problem = problem(state)
    let encoding = solver.encode(patches, problem: problem, team: team)
    let batch = codedBatch(problem, patches, encoding, step: state.step, team: team)
    countIdle(&state, batch.codes)
    var metrics = DictionaryMetrics(problem: problem, batch: batch, encoding: encoding)
    metrics.step = state.step
    metrics.dead = state.idle.count { $0 >= replacement.idlePatches }
    let duplicates = problem.duplicates(above: replacement.similarity)
    metrics.duplicates = duplicates.count
    rule.update(&state, batch, team: team)
    metrics.replaced = replacement.apply(&state, duplicates: duplicates, batch: batch, seed: seed)
    state.step += 1
    return metrics
  }

  /// Continues from a state to the planned number of updates, on batches drawn from `patches`.
  ///
  /// - Parameter report: called after every update; where it returns false, training stops.
  public func train(
    _ state: inout DictionaryState, patches: Matrix, team: ThreadTeam,
    report: (DictionaryMetrics, DictionaryState) -> Bool = { _, _ in true }
  ) {
    precondition(patches.rows > 0, "no patches to learn from")
    var order = BatchOrder(patches: patches.rows, batchSize: batchSize, seed: seed)
    while state.step < updates {
      let batch = patches.selectingRows(order.indices(step: state.step))
      let metrics = step(&state, patches: batch, team: team)
      if !report(metrics, state) { return }
    }
  }

  /// The patches with finite codes: one spoilt patch must not spoil the dictionary.
  private func codedBatch(
    _ problem: SparseCodingProblem, _ patches: Matrix, _ encoding: Encoding, step: Int,
    team: ThreadTeam
  ) -> CodedBatch {
    var patches = patches
    var codes = encoding.codes
    if encoding.count(.notFinite) > 0 {
      let finite = encoding.statuses.indices.filter { encoding.statuses[$0] != .notFinite }
      patches = patches.selectingRows(finite)
      codes = codes.selectingRows(finite)
      if finite.isEmpty {
        patches = Matrix(rows: 0, columns: problem.pixels)
        codes = Matrix(rows: 0, columns: problem.atoms)
      }
    }
    return CodedBatch(
      patches: patches, codes: codes,
      residuals: problem.residuals(patches: patches, codes: codes, team: team),
      progress: Float(step) / Float(max(updates, 1)))
  }

  private func countIdle(_ state: inout DictionaryState, _ codes: Matrix) {
    var used = [Bool](repeating: false, count: state.atoms)
    for row in 0..<codes.rows {
      for atom in 0..<state.atoms where codes.elements[row * state.atoms + atom] != 0 {
        used[atom] = true
      }
    }
    for atom in 0..<state.atoms {
      state.idle[atom] = used[atom] ? 0 : state.idle[atom] + codes.rows
    }
  }
}
