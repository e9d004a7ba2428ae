import Compute

/// Orthogonal matching pursuit: takes the atom that correlates most with the residual, |cₖ|/‖φₖ‖,
/// and fits all codes taken so far again; a fixed number of times. λ has no part.
///
/// With nonnegative codes, atoms whose code would turn negative leave again. Pati, Rezaiifar &
/// Krishnaprasad 1993; with the Gram matrix, Rubinstein, Zibulevsky & Elad 2008.
///
/// - Complexity: O(activeAtoms · (atoms · activeAtoms + activeAtoms²)) a patch
public struct OrthogonalMatchingPursuit: SparseSolver, Hashable, Codable {
  /// The most atoms in a patch's code.
  public var activeAtoms: Int
  /// Stops earlier where ‖r‖²/‖x‖² is at most this. A patch has converged when either is reached;
  /// its gap is ‖r‖²/‖x‖² where that ended it, else 0.
  public var tolerance: Float
  /// Stops earlier where ‖r‖² is at most this: the energy of noise, of which nothing is to be
  /// explained.
  public var residual: Float

  /// The pursuit of at most `activeAtoms` atoms.
  public init(activeAtoms: Int, tolerance: Float = 0, residual: Float = 0) {
    precondition(activeAtoms >= 1, "\(activeAtoms) atoms")
    self.activeAtoms = activeAtoms
    self.tolerance = tolerance
    self.residual = residual
  }

  /// Takes atoms for each patch in turn, and fits all codes anew.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    let kept = min(activeAtoms, problem.atoms)
    let scratch = block.memory.reserve(block.stride + kept * (kept + 4))
    problem.withLasso(block) {
      Kernels.sparse.orthogonal_pursuit($0, $1, Int32(kept), tolerance, residual, scratch)
    }
    block.endPursuit(tolerance: tolerance)
  }
}

extension CodingBlock {
  /// A pursuit that took all its atoms is done, whatever is left of the residual.
  func endPursuit(tolerance: Float) {
    for row in 0..<rows where gaps[row] > tolerance && gaps[row].isFinite { gaps[row] = 0 }
  }
}
