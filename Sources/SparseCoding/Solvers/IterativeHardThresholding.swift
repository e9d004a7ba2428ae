import Compute

/// Iterative hard thresholding: z ← the s largest of z + (b − Gz)/L, for min ½‖x − Φᵀz‖², ‖z‖₀ ≤ s.
///
/// Never increases the error; ends in a local minimum. λ has no part. Blumensath & Davies 2009.
///
/// - Complexity: O(atoms²) a step and patch
public struct IterativeHardThresholding: IterativeSolver, Hashable, Codable {
  /// s, the number of atoms kept.
  public var activeAtoms: Int
  /// Stops where a step moves no code by more than this, relative to the largest code.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  /// What is kept between steps.
  public struct State {
    /// max|Δz|/max|z| of the last step.
    let changes: CodeColumn<Float>
    let scratch: CodePlane
  }

  /// Hard thresholding that keeps `activeAtoms` codes.
  public init(activeAtoms: Int, tolerance: Float = 1e-5, maximumIterations: Int = 2000) {
    precondition(activeAtoms >= 1, "\(activeAtoms) atoms kept")
    self.activeAtoms = activeAtoms
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Nothing has changed yet.
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State {
    State(changes: block.newColumn(), scratch: block.newPlane())
  }

  /// z ← the s largest of z + (b − Gz)/L
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    problem.correlate(block, block.codes, into: block.correlations)
    problem.withLasso(block) {
      Kernels.sparse.hard_threshold_step(
        $0, $1, Int32(min(activeAtoms, problem.atoms)), 1 / problem.lipschitzConstant,
        block.correlations.start, state.changes.start, state.scratch.start)
    }
  }

  /// max|Δz|/max|z| of the last step.
  public func measure(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    block.gaps.start.update(from: state.changes.start, count: block.rows)
  }
}
