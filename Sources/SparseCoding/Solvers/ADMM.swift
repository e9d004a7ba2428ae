import Compute

/// The lasso by the alternating direction method of multipliers:
/// x = (G + ρI)⁻¹(b + ρ(z − u)), z = shrink(x + u, λ/ρ), u ← u + x − z.
///
/// Boyd, Parikh, Chu, Peleato & Eckstein 2011, section 6.4.
///
/// - Complexity: O(atoms³) once for a problem, then O(atoms²) a step and patch
public struct ADMM: IterativeSolver, Hashable, Codable {
  /// ρ, in units of the filters' mean squared norm.
  public var penalty: Float
  /// The relative duality gap to stop at.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  /// What is kept between steps.
  public struct State {
    /// u
    let duals: CodePlane
    /// b + ρ(z − u)
    let right: CodePlane
    /// x
    let solutions: CodePlane
  }

  /// ADMM with ρ = `penalty` times the filters' mean squared norm.
  public init(penalty: Float = 1, tolerance: Float = 1e-4, maximumIterations: Int = 5000) {
    precondition(penalty > 0, "penalty ρ = \(penalty)")
    self.penalty = penalty
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// x − z = u = 0 where codes start.
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State {
    let (duals, right) = (block.newPlane(), block.newPlane())
    let rho = penalty * problem.meanSquaredNorm
    // At an optimum the multiplier ρu is the correlation c: a warm start knows both.
    problem.correlate(block, block.codes, into: duals)
    let (codes, targets) = (block.codes.start, block.targets.start)
    for index in 0..<block.rows * block.stride {
      let c = min(max(duals.start[index], -problem.sparsity), problem.sparsity)
      duals.start[index] = c / rho
      right.start[index] = targets[index] + rho * codes[index] - c
    }
    return State(duals: duals, right: right, solutions: block.newPlane())
  }

  /// x, z and u in turn.
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    let rho = penalty * problem.meanSquaredNorm
    problem.regularizedInverse(rho).withUnsafeBuffer { inverse in
      guard let inverse = inverse.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: block.rows, columns: problem.atoms, inner: problem.atoms,
        state.right.start, strideA: block.stride, inverse, strideB: block.stride,
        state.solutions.start, strideC: block.stride)
    }
    problem.withLasso(block) {
      Kernels.sparse.admm_step(
        $0, $1, rho, state.solutions.start, state.duals.start, state.right.start)
    }
  }
}
