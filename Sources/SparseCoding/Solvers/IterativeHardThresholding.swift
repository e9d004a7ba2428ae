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
  public var maximumIterations: Int

  public var planeCount: Int { 1 }

  public init(activeAtoms: Int, tolerance: Float = 1e-5, maximumIterations: Int = 2000) {
    precondition(activeAtoms >= 1, "\(activeAtoms) atoms kept")
    self.activeAtoms = activeAtoms
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {}

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    problem.correlate(block, block.codes, into: state.correlations)
    problem.withLasso {
      $0.hardThresholdStep(
        block.codeRows, kept: min(activeAtoms, problem.atoms), step: 1 / problem.lipschitzConstant,
        correlations: state.correlations, changes: state.scalars, scratch: state.planes[0])
    }
  }

  public func measure(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    block.gaps.update(from: state.scalars, count: block.rows)
  }
}
