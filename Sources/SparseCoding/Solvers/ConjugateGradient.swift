import Compute
import Distributions

/// ½‖x − Φᵀz‖² − λ·log p(z) for a prior of smooth density, by nonlinear conjugate gradients (Polak & Ribière,
/// restarted where β < 0) with a line search on the derivative.
///
/// This is how Olshausen & Field (1996) inferred codes. Where −log p is not convex the result is a local
/// minimum. With nonnegative codes, those at zero that would fall stay there.
///
/// - Complexity: O(atoms²) a step and patch, and some evaluations of the prior's score
public struct ConjugateGradient<Density: Prior>: IterativeSolver {
  /// p, the same for each code.
  public var prior: Density
  /// Stops where the gradient's norm, relative to ‖Φx‖, is at most this.
  public var tolerance: Float
  public var maximumIterations: Int
  /// Stands in for the problem's λ where it is given.
  let weight: Float?

  public var planeCount: Int { 5 }

  public init(_ prior: Density, tolerance: Float = 1e-4, maximumIterations: Int = 1000) {
    self.init(prior, tolerance: tolerance, maximumIterations: maximumIterations, weight: nil)
  }

  init(_ prior: Density, tolerance: Float, maximumIterations: Int, weight: Float?) {
    self.prior = prior
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
    self.weight = weight
  }

  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let rows = ConjugateRows(state, block)
    problem.correlate(block, block.codes, into: rows.correlations)
    for row in 0..<block.rows {
      state.scalars[row] = 0
      turn(problem, block, state, row: row)
    }
  }

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let rows = ConjugateRows(state, block)
    problem.applyGram(block, rows.directions, into: rows.images)
    for row in 0..<block.rows {
      let first = row * block.stride
      let length = lineSearch(problem, block, rows, row: row)
      add(length, rows.directions + first, to: block.codes + first, block.stride)
      add(-length, rows.images + first, to: rows.correlations + first, block.stride)
      if problem.isNonnegative {
        for index in first..<first + block.stride where block.codes[index] < 1e-7 {
          block.codes[index] = 0
        }
      }
      turn(problem, block, state, row: row)
    }
  }

  public func measure(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let rows = ConjugateRows(state, block)
    for row in 0..<block.rows {
      let first = row * block.stride
      // What has been added up step by step starts afresh.
      (rows.correlations + first).update(from: state.correlations + first, count: block.stride)
      let scale = dot(block.targets + first, block.targets + first, block.stride)
      let square = state.scalars[row]
      block.gaps[row] = scale > 0 ? (square / scale).squareRoot() : scale
    }
  }

  /// The gradient at the codes, and the next direction d ← −g + β·d.
  private func turn(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState, row: Int
  ) {
    let rows = ConjugateRows(state, block)
    let first = row * block.stride
    let (g, d) = (rows.gradients + first, rows.directions + first)
    let (z, c) = (block.codes + first, rows.correlations + first)
    let next = rows.images + first
    evaluate(problem, at: z, into: next)
    let lambda = weight ?? problem.sparsity
    for k in 0..<problem.atoms {
      next[k] = lambda * next[k] - c[k]
      // A code at the bound that would cross it has no part in what follows.
      if problem.isNonnegative && z[k] <= 0 && next[k] > 0 {
        next[k] = 0
        d[k] = 0
      }
    }
    let square = dot(next, next, block.stride)
    let overlap = dot(next, g, block.stride)
    let previous = state.scalars[row]
    let beta = previous > 0 ? max((square - overlap) / previous, 0) : 0
    for k in 0..<block.stride {
      g[k] = next[k]
      d[k] = beta * d[k] - next[k]
      if problem.isNonnegative && z[k] <= 0 && d[k] < 0 { d[k] = 0 }
    }
    if !(dot(d, g, block.stride) < 0) {
      for k in 0..<block.stride { d[k] = -g[k] }
    }
    state.scalars[row] = square
  }

  /// −∂ log p/∂z of each code.
  private func evaluate(
    _ problem: SparseCodingProblem, at z: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<problem.atoms { gradient[k] = Float(-prior.score(Double(z[k]))) }
  }

  /// The length at which the derivative along the direction has fallen to a tenth, shortened where
  /// that is uphill.
  private func lineSearch(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ rows: ConjugateRows, row: Int
  ) -> Float {
    let first = row * block.stride
    let (d, z) = (rows.directions + first, block.codes + first)
    let curvature = dot(d, rows.images + first, block.stride)
    let descent = -dot(d, rows.correlations + first, block.stride)
    let (point, slopes) = (rows.trials + first, rows.slopes)
    let lambda = weight ?? problem.sparsity
    func derivative(_ length: Float) -> Float {
      for k in 0..<block.stride { point[k] = z[k] + length * d[k] }
      evaluate(problem, at: point, into: slopes)
      return descent + length * curvature + lambda * dot(slopes, d, block.stride)
    }
    var longest = Float.infinity
    if problem.isNonnegative {
      for k in 0..<problem.atoms where d[k] < 0 { longest = min(longest, -z[k] / d[k]) }
    }
    var low: Float = 0
    var atLow = dot(rows.gradients + first, d, block.stride)
    let goal = -0.1 * atLow
    if !(goal > 0) { return 0 }
    var high = min(curvature > 0 ? -atLow / curvature : 1, longest)
    var atHigh = derivative(high)
    var trials = 0
    while atHigh < -goal && high < longest && trials < 20 {
      (low, atLow) = (high, atHigh)
      high = min(2 * high, longest)
      atHigh = derivative(high)
      trials += 1
    }
    while abs(atHigh) > goal && atHigh > 0 && trials < 20 {
      // The secant's root, kept inside the bracket.
      let fraction = min(max(atLow / (atLow - atHigh), 0.05), 0.95)
      let middle = low + fraction * (high - low)
      let atMiddle = derivative(middle)
      trials += 1
      if atMiddle < -goal {
        (low, atLow) = (middle, atMiddle)
      } else {
        (high, atHigh) = (middle, atMiddle)
      }
    }
    if !high.isFinite { return 0 }
    // Where −log p is not convex, a hill may lie between: no step leads up.
    func energy(_ length: Float) -> Float {
      var sum: Float = 0
      for k in 0..<problem.atoms {
        point[k] = z[k] + length * d[k]
        sum += Float(-prior.logDensity(Double(point[k])))
      }
      return sum
    }
    let start = energy(0)
    let rounding = 1e-5 * abs(lambda * start)
    for _ in 0..<20 {
      let change = high * descent + high * high * curvature / 2 + lambda * (energy(high) - start)
      if change <= rounding { return high }
      high /= 2
    }
    return 0
  }
}

/// The arrays of the method by name.
private struct ConjugateRows {
  /// c = b − Gz
  let correlations: UnsafeMutablePointer<Float>
  /// ∂f/∂z
  let gradients: UnsafeMutablePointer<Float>
  /// d
  let directions: UnsafeMutablePointer<Float>
  /// G·d; between steps, room for the next gradient.
  let images: UnsafeMutablePointer<Float>
  /// z + length·d
  let trials: UnsafeMutablePointer<Float>
  /// −∂ log p/∂z at a trial, one row.
  let slopes: UnsafeMutablePointer<Float>

  init(_ state: IterationState, _ block: CodingBlock) {
    correlations = state.planes[0]
    gradients = state.planes[1]
    directions = state.planes[2]
    images = state.planes[3]
    trials = state.planes[4]
    slopes = state.correlations
  }
}
