import Compute

/// A solver that moves all codes of a block at once, by steps around a product with G.
///
/// Patches that have converged leave the block, so that the rest does not wait for nothing.
public protocol IterativeSolver: SparseSolver {
  /// The most steps.
  var maximumIterations: Int { get }
  /// Arrays of the size of the codes that the method keeps.
  var planeCount: Int { get }

  /// Fills `state` for codes at their start.
  func start(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState)

  /// One step of all rows.
  func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState)

  /// Fills `block.gaps` with what is compared with `tolerance`; `state.correlations` holds b − Gz.
  ///
  /// By default the relative duality gap of the lasso.
  func measure(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState)
}

/// What an iterative solver keeps for the rows of a block.
public struct IterationState {
  /// Steps done.
  public internal(set) var iteration = 0
  /// The method's own arrays, `[rows, stride]` each.
  public let planes: [UnsafeMutablePointer<Float>]
  /// Room for products with G, `[rows, stride]`.
  public let correlations: UnsafeMutablePointer<Float>
  /// One number of the method's own for each row.
  public let scalars: UnsafeMutablePointer<Float>
}

extension IterativeSolver {
  public func measure(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    measureDualityGap(problem, block, state)
  }

  func measureDualityGap(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    problem.withLasso { $0.measureGaps(block.codeRows, correlations: state.correlations) }
  }

  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    let size = block.rows * block.stride
    let memory = block.scratch.reserve((planeCount + 1) * size + block.rows)
    memory.update(repeating: 0, count: (planeCount + 1) * size)
    var state = IterationState(
      planes: (0..<planeCount).map { memory + ($0 + 1) * size }, correlations: memory,
      scalars: memory + (planeCount + 1) * size)
    var running = block
    start(problem, running, state)
    while running.rows > 0 {
      step(problem, running, state)
      state.iteration += 1
      let last = state.iteration >= maximumIterations
      if last || state.iteration % iterationsPerCheck == 0 {
        problem.correlate(running, running.codes, into: state.correlations)
        measure(problem, running, state)
        for row in (0..<running.rows).reversed() {
          let gap = running.gaps[row]
          if !last && gap > tolerance && gap.isFinite { continue }
          running.iterations[row] = Int32(state.iteration)
          running.rows -= 1
          running.exchange(row, running.rows, state)
        }
      }
    }
  }
}

/// A check costs about as much as a step.
private let iterationsPerCheck = 10

extension SparseCodingProblem {
  /// b − G·points, for the rows of a block.
  ///
  /// - Parameters:
  ///   - points: `[rows, stride]`
  ///   - result: `[rows, stride]`
  public func correlate(
    _ block: CodingBlock, _ points: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) {
    result.update(from: block.targets, count: block.rows * stride)
    multiplyByGram(block, points, alpha: -1, beta: 1, result)
  }

  /// G·points, for the rows of a block.
  ///
  /// - Parameters:
  ///   - points: `[rows, stride]`
  ///   - result: `[rows, stride]`
  public func applyGram(
    _ block: CodingBlock, _ points: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) {
    multiplyByGram(block, points, alpha: 1, beta: 0, result)
  }

  private func multiplyByGram(
    _ block: CodingBlock, _ points: UnsafePointer<Float>, alpha: Float, beta: Float,
    _ result: UnsafeMutablePointer<Float>
  ) {
    gram.withUnsafeBuffer { gram in
      guard let g = gram.baseAddress else { return }
      LinearAlgebra.multiply(
        rows: block.rows, columns: atoms, inner: atoms, alpha: alpha, points, strideA: stride,
        g, strideB: stride, beta: beta, result, strideC: stride)
    }
  }
}

extension CodingBlock {
  /// Exchanges two rows in all that belongs to them.
  fileprivate func exchange(_ a: Int, _ b: Int, _ state: IterationState) {
    if a == b { return }
    for plane in [codes, targets, state.correlations] + state.planes {
      for k in 0..<stride { swapAt(plane, a * stride + k, b * stride + k) }
    }
    for numbers in [energies, gaps, state.scalars] { swapAt(numbers, a, b) }
    for numbers in [iterations, order] { swapAt(numbers, a, b) }
  }

  private func swapAt<Number>(_ numbers: UnsafeMutablePointer<Number>, _ a: Int, _ b: Int) {
    let kept = numbers[a]
    numbers[a] = numbers[b]
    numbers[b] = kept
  }
}
