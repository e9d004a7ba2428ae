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
  public var maximumIterations: Int

  public var planeCount: Int { 3 }

  public init(penalty: Float = 1, tolerance: Float = 1e-4, maximumIterations: Int = 5000) {
    precondition(penalty > 0, "penalty ρ = \(penalty)")
    self.penalty = penalty
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// x − z = u = 0 where codes start.
  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let (duals, right) = (state.planes[0], state.planes[1])
    let rho = penalty * problem.meanSquaredNorm
    // At an optimum the multiplier ρu is the correlation c: a warm start knows both.
    problem.correlate(block, block.codes, into: duals)
    for index in 0..<block.rows * block.stride {
      let c = min(max(duals[index], -problem.sparsity), problem.sparsity)
      duals[index] = c / rho
      right[index] = block.targets[index] + rho * block.codes[index] - c
    }
  }

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let (duals, right, solutions) = (state.planes[0], state.planes[1], state.planes[2])
    let rho = penalty * problem.meanSquaredNorm
    problem.regularizedInverse(rho).withUnsafeBuffer { inverse in
      guard let inverse = inverse.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: block.rows, columns: problem.atoms, inner: problem.atoms, right,
        strideA: block.stride, inverse, strideB: block.stride, solutions, strideC: block.stride)
    }
    problem.withLasso {
      $0.splittingStep(
        block.codeRows, penalty: rho, solutions: solutions, duals: duals, right: right)
    }
  }
}
