import Compute

/// The lasso by accelerated shrinkage with restart: z⁺ = shrink(y + (b − Gy)/L, λ/L),
/// y⁺ = z⁺ + (t − 1)/t⁺·(z⁺ − z), t⁺ = (1 + √(1 + 4t²))/2.
///
/// t returns to 1 on a patch whose momentum points uphill, (y − z⁺)·(z⁺ − z) > 0. Beck & Teboulle
/// 2009; O'Donoghue & Candès 2015, "Adaptive restart for accelerated gradient schemes".
///
/// - Complexity: O(atoms²) a step and patch
public struct FISTA: IterativeSolver, Hashable, Codable {
  /// The relative duality gap to stop at.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  /// What is kept between steps.
  public struct State {
    /// y
    let points: CodePlane
    /// t
    let momenta: CodeColumn<Float>
  }

  /// FISTA until the gap is at most `tolerance`.
  public init(tolerance: Float = 1e-5, maximumIterations: Int = 2000) {
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// y = z, t = 1
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State {
    let state = State(points: block.newPlane(), momenta: block.newColumn(1))
    state.points.start.update(from: block.codes.start, count: block.rows * block.stride)
    return state
  }

  /// z⁺ from y, then y⁺ and t⁺.
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    problem.correlate(block, state.points, into: block.correlations)
    problem.withLasso(block) {
      Kernels.sparse.fista_step(
        $0, $1, 1 / problem.lipschitzConstant, state.points.start, block.correlations.start,
        state.momenta.start)
    }
  }
}
