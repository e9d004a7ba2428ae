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

  public var planeCount: Int { 1 }

  public init(tolerance: Float = 1e-5, maximumIterations: Int = 2000) {
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    state.planes[0].update(from: block.codes, count: block.rows * block.stride)
    state.scalars.update(repeating: 1, count: block.rows)
  }

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    problem.correlate(block, state.planes[0], into: state.correlations)
    problem.withLasso {
      $0.acceleratedStep(
        block.codeRows, step: 1 / problem.lipschitzConstant, points: state.planes[0],
        correlations: state.correlations, momenta: state.scalars)
    }
  }
}
