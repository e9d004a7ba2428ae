import Compute

/// Matching pursuit: zₖ ← zₖ + cₖ/Gₖₖ for the atom that correlates most with the residual,
/// |cₖ|/‖φₖ‖, again and again. λ has no part.
///
/// Mallat & Zhang 1993, "Matching pursuits with time-frequency dictionaries".
///
/// - Complexity: O(atoms) a step and patch
public struct MatchingPursuit: SparseSolver, Hashable, Codable {
  /// The most different atoms in a patch's code.
  public var activeAtoms: Int
  /// The most steps; an atom can be taken more than once.
  public var maximumSteps: Int
  /// Stops earlier where ‖r‖²/‖x‖² is at most this. A patch has converged when either is reached;
  /// its gap is ‖r‖²/‖x‖² where that ended it, else 0.
  public var tolerance: Float

  /// - Parameter maximumSteps: by default `activeAtoms`.
  public init(activeAtoms: Int, maximumSteps: Int? = nil, tolerance: Float = 0) {
    precondition(activeAtoms >= 1, "\(activeAtoms) atoms")
    self.activeAtoms = activeAtoms
    self.maximumSteps = maximumSteps ?? activeAtoms
    self.tolerance = tolerance
  }

  /// Takes atoms for each patch in turn.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    let scratch = block.memory.reserve(block.stride)
    problem.withLasso(block) {
      Kernels.sparse.matching_pursuit(
        $0, $1, Int32(activeAtoms), Int32(maximumSteps), tolerance, scratch)
    }
    block.endPursuit(tolerance: tolerance)
  }
}
