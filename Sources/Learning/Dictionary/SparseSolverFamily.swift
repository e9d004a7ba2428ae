import Distributions
import SparseCoding

/// The solvers by the names that configurations use.
public enum SparseSolverFamily: String, CaseIterable, Codable, Hashable, Sendable {
  case activeSet = "active-set"
  case coordinateDescent = "coordinate-descent"
  case fista
  case ista
  case lca
  case admm
  case hadamardFlow = "hadamard-flow"
  /// With a Cauchy prior: Olshausen & Field's penalty, log(1 + z²).
  case conjugateGradient = "conjugate-gradient"
  case matchingPursuit = "matching-pursuit"
  case orthogonalMatchingPursuit = "orthogonal-matching-pursuit"
  case iterativeHardThresholding = "iterative-hard-thresholding"

  /// Whether λ has no part: the number of active atoms is given instead.
  public var takesActiveAtoms: Bool {
    switch self {
    case .matchingPursuit, .orthogonalMatchingPursuit, .iterativeHardThresholding: true
    default: false
    }
  }

  /// Whether the criterion is the relative duality gap of the lasso.
  public var hasDualityGap: Bool { !takesActiveAtoms && self != .conjugateGradient }

  /// The solver.
  ///
  /// - Parameters:
  ///   - gap: the relative duality gap to stop at, or the solver's own criterion.
  ///   - activeAtoms: the most active atoms, for the solvers that take it.
  public func solver(gap: Double, activeAtoms: Int) -> any SparseSolver {
    let gap = Float(gap)
    return switch self {
    case .activeSet: ActiveSetNewton(tolerance: gap)
    // Gaps at the limit of single precision take many sweeps on a few patches.
    case .coordinateDescent: CoordinateDescent(tolerance: gap, maximumSweeps: 10_000)
    case .fista: FISTA(tolerance: gap)
    case .ista: ISTA(tolerance: gap)
    case .lca: LocallyCompetitiveAlgorithm(tolerance: gap)
    case .admm: ADMM(tolerance: gap)
    case .hadamardFlow: HadamardFlow(tolerance: gap)
    case .conjugateGradient: ConjugateGradient(CauchyPrior(scale: 1), tolerance: gap)
    case .matchingPursuit: MatchingPursuit(activeAtoms: activeAtoms, tolerance: gap)
    case .orthogonalMatchingPursuit:
      OrthogonalMatchingPursuit(activeAtoms: activeAtoms, tolerance: gap)
    case .iterativeHardThresholding:
      IterativeHardThresholding(activeAtoms: activeAtoms, tolerance: gap)
    }
  }
}
