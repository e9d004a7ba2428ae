import Compute

/// The lasso by iterative shrinkage and thresholding: z ← shrink(z + (b − Gz)/L, λ/L).
///
/// L is the largest eigenvalue of G. The error falls as 1/t. Daubechies, Defrise & De Mol 2004.
///
/// - Complexity: O(atoms²) a step and patch
public struct ISTA: IterativeSolver, Hashable, Codable {
  /// The relative duality gap to stop at.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  public var planeCount: Int { 0 }

  public init(tolerance: Float = 1e-4, maximumIterations: Int = 10_000) {
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
      $0.shrinkStep(
        block.codeRows, step: 1 / problem.lipschitzConstant, correlations: state.correlations)
    }
  }
}
