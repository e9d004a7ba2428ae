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

  /// ISTA until the gap is at most `tolerance`.
  public init(tolerance: Float = 1e-4, maximumIterations: Int = 10_000) {
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Nothing is kept between steps.
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) {}

  /// z ← shrink(z + (b − Gz)/L, λ/L)
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: Void) {
    problem.correlate(block, block.codes, into: block.correlations)
    problem.withLasso(block) {
      Kernels.sparse.shrink_step(
        $0, $1, 1 / problem.lipschitzConstant, block.correlations.start)
    }
  }
}
