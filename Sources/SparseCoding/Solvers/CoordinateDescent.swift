import Compute

/// The lasso by cyclic coordinate descent: zₖ ← shrink(cₖ + Gₖₖzₖ, λ)/Gₖₖ, with c = b − Gz kept up
/// to date.
///
/// Sweeps go over an active set, the nonzero codes and those whose |cₖ| exceeds λ, which is made
/// anew until the duality gap is small enough. Friedman, Hastie & Tibshirani 2010, "Regularization
/// paths for generalized linear models via coordinate descent".
///
/// - Complexity: O(atoms) for each code that moves
public struct CoordinateDescent: SparseSolver, Hashable, Codable {
  /// The relative duality gap to stop at.
  public var tolerance: Float
  /// The most sweeps over the active set.
  public var maximumSweeps: Int

  /// Coordinate descent until the gap is at most `tolerance`.
  public init(tolerance: Float = 1e-5, maximumSweeps: Int = 1000) {
    self.tolerance = tolerance
    self.maximumSweeps = maximumSweeps
  }

  /// Sweeps until each patch's gap is at most the tolerance.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    let scratch = block.memory.reserve(2 * block.stride)
    problem.withLasso(block) {
      Kernels.sparse.coordinate_descent($0, $1, tolerance, Int32(maximumSweeps), scratch)
    }
  }
}
