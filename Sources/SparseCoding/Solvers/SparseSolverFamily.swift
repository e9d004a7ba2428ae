import Compute
import Distributions

/// The solvers by name. A new one is a file with its type and a line here, or a call of `register`.
public enum SparseSolvers: RegisteredTypes {
  /// "solver"
  public static let noun = "solver"

  /// All solvers that can be chosen, in order.
  public static let all = Registry<SolverEntry>([
    "active-set": SolverEntry { ActiveSetNewton(tolerance: $0.gap) },
    // Gaps at the limit of single precision take many sweeps on a few patches.
    "coordinate-descent": SolverEntry {
      CoordinateDescent(tolerance: $0.gap, maximumSweeps: 10_000)
    },
    "fista": SolverEntry { FISTA(tolerance: $0.gap) },
    "ista": SolverEntry { ISTA(tolerance: $0.gap) },
    "lca": SolverEntry { LocallyCompetitiveAlgorithm(tolerance: $0.gap) },
    "admm": SolverEntry { ADMM(tolerance: $0.gap) },
    "hadamard-flow": SolverEntry { HadamardFlow(tolerance: $0.gap) },
    // Olshausen & Field's penalty, log(1 + z²).
    "conjugate-gradient": SolverEntry(
      .relativeGradient, prior: .cauchy, objective: "½‖x − Φᵀz‖² + λ·Σ log(1 + z²)"
    ) {
      ConjugateGradient(CauchyPrior(scale: 1), tolerance: $0.gap)
    },
    "matching-pursuit": SolverEntry(.activeAtoms) {
      MatchingPursuit(activeAtoms: $0.activeAtoms, tolerance: $0.gap)
    },
    "orthogonal-matching-pursuit": SolverEntry(.activeAtoms) {
      OrthogonalMatchingPursuit(activeAtoms: $0.activeAtoms, tolerance: $0.gap)
    },
    "iterative-hard-thresholding": SolverEntry(.activeAtoms) {
      IterativeHardThresholding(activeAtoms: $0.activeAtoms, tolerance: $0.gap)
    },
  ])
}

/// What a solver's name stands for.
public struct SolverEntry: Sendable {
  /// What a solver stops by.
  public enum Criterion: Sendable {
    /// The relative duality gap of the lasso.
    case dualityGap
    /// The gradient's norm, relative to that at the start.
    case relativeGradient
    /// A number of active atoms, which takes the place of λ.
    case activeAtoms

    /// "relative duality gap", "relative gradient", "relative residual": what its number is.
    public var name: String {
      switch self {
      case .dualityGap: "relative duality gap"
      case .relativeGradient: "relative gradient"
      case .activeAtoms: "criterion"
      }
    }
  }

  /// What a solver is made from.
  public struct Settings: Sendable {
    /// The tolerance: the relative duality gap to stop at, or the solver's own criterion.
    public let gap: Float
    /// The most active atoms of a patch, for the solvers that go by it.
    public let activeAtoms: Int
  }

  /// The lasso, as `objective` says it.
  public static let lasso = "½‖x − Φᵀz‖² + λ‖z‖₁"

  /// Whether codes minimise the lasso, so that objectives of solvers compare at one λ.
  public var isLasso: Bool { objective == Self.lasso }

  /// What the solver stops by.
  public let criterion: Criterion
  /// The prior whose −log p(z) is the penalty.
  public let prior: PriorFamily
  /// What codes minimise, as an equation: "½‖x − Φᵀz‖² + λ‖z‖₁" for the solvers of the lasso.
  public let objective: String
  let make: @Sendable (Settings) -> any SparseSolver

  /// - Parameters:
  ///   - objective: what codes minimise; nil is what criterion and prior tell.
  ///   - make: gives the solver of these settings, with `gap` as its tolerance.
  public init(
    _ criterion: Criterion = .dualityGap, prior: PriorFamily = .laplace, objective: String? = nil,
    make: @escaping @Sendable (Settings) -> any SparseSolver
  ) {
    self.criterion = criterion
    self.prior = prior
    self.objective =
      objective
      ?? (criterion == .activeAtoms
        ? "½‖x − Φᵀz‖² with so many active atoms, whatever λ"
        : prior == .laplace
          ? Self.lasso : "½‖x − Φᵀz‖² − λ·log p(z) of the \(prior.rawValue) prior")
    self.make = make
  }
}

/// A solver's name, as options and configurations give it.
public typealias SparseSolverFamily = RegisteredName<SparseSolvers>

extension SparseSolverFamily {
  /// `ActiveSetNewton`
  public static var activeSet: SparseSolverFamily { SparseSolverFamily(name: "active-set") }
  /// `OrthogonalMatchingPursuit`
  public static var orthogonalMatchingPursuit: SparseSolverFamily {
    SparseSolverFamily(name: "orthogonal-matching-pursuit")
  }

  /// The solver of this name.
  ///
  /// - Parameters:
  ///   - gap: the relative duality gap to stop at, or the solver's own criterion.
  ///   - activeAtoms: the most active atoms, for the solvers that go by it.
  public func solver(gap: Double, activeAtoms: Int) -> any SparseSolver {
    entry.make(SolverEntry.Settings(gap: Float(gap), activeAtoms: activeAtoms))
  }
}
