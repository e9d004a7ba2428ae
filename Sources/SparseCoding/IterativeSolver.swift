import Compute

/// A solver that moves all codes of a block at once, by steps around a product with G.
///
/// Patches that have converged leave the block, so that the rest does not wait for nothing.
public protocol IterativeSolver: SparseSolver {
  /// What the method keeps for the rows of a block, in planes and columns.
  associatedtype State

  /// The most steps.
  var maximumIterations: Int { get }

  /// The state for codes at their start.
  func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State

  /// One step of all rows.
  func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State)

  /// Fills `block.gaps` with what is compared with `tolerance`; `block.correlations` holds b − Gz.
  ///
  /// By default the relative duality gap of the lasso.
  func measure(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State)
}

extension IterativeSolver {
  /// The relative duality gap of the lasso.
  public func measure(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    problem.measureDualityGap(block)
  }

  /// Steps until every patch has converged, is not finite, or has had `maximumIterations` steps.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    block.correlations.start.update(repeating: 0, count: block.rows * block.stride)
    let state = start(problem, block)
    var running = block
    var iteration = 0
    while running.rows > 0 {
      step(problem, running, state)
      iteration += 1
      let last = iteration >= maximumIterations
      if last || iteration % iterationsPerCheck == 0 {
        problem.correlate(running, running.codes, into: running.correlations)
        measure(problem, running, state)
        for row in (0..<running.rows).reversed() {
          let gap = running.gaps[row]
          if !last && gap > tolerance && gap.isFinite { continue }
          running.iterations[row] = Int32(iteration)
          running.rows -= 1
          running.exchange(row, running.rows)
        }
      }
    }
  }
}

/// A check costs about as much as a step.
private let iterationsPerCheck = 10

extension SparseCodingProblem {
  /// result ← b − G·points, both `[rows, atoms]`, for the rows of a block.
  public func correlate(_ block: CodingBlock, _ points: CodePlane, into result: CodePlane) {
    result.start.update(from: block.targets.start, count: block.rows * stride)
    multiplyByGram(block, points, alpha: -1, beta: 1, result)
  }

  /// result ← G·points, both `[rows, atoms]`, for the rows of a block.
  public func applyGram(_ block: CodingBlock, _ points: CodePlane, into result: CodePlane) {
    multiplyByGram(block, points, alpha: 1, beta: 0, result)
  }

  /// Fills `block.gaps` with the relative duality gap of the lasso; `block.correlations` holds
  /// b − Gz.
  func measureDualityGap(_ block: CodingBlock) {
    withLasso(block) { Kernels.sparse.lasso_gaps($0, $1, block.correlations.start) }
  }

  private func multiplyByGram(
    _ block: CodingBlock, _ points: CodePlane, alpha: Float, beta: Float, _ result: CodePlane
  ) {
    gram.withUnsafeBuffer { gram in
      guard let g = gram.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: block.rows, columns: atoms, inner: atoms, alpha: alpha, points.start,
        strideA: stride, g, strideB: stride, beta: beta, result.start, strideC: stride)
    }
  }
}
