import Compute
import Distributions

/// ½‖x − Φᵀz‖² − λ·log p(z) for a prior of smooth density, by nonlinear conjugate gradients (Polak &
/// Ribière, restarted where β < 0) with a line search on the derivative.
///
/// This is how Olshausen & Field (1996) inferred codes. Where −log p is not convex the result is a
/// local minimum. With nonnegative codes, those at zero that would fall stay there.
///
/// - Complexity: O(atoms²) a step and patch, and some evaluations of the prior's score
public struct ConjugateGradient<Density: Prior>: IterativeSolver {
  /// p, the same for each code.
  public var prior: Density
  /// Stops where the gradient's norm, relative to ‖Φx‖, is at most this.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int
  /// σ², the variance of a pixel's noise, in place of the problem's λ: codes are then those of
  /// greatest posterior probability, min over z of ‖x − Φᵀz‖²/(2σ²) − log p(z).
  public var noiseVariance: Float?

  /// What is kept between steps.
  public struct State {
    /// c = b − Gz
    let correlations: CodePlane
    /// ∂f/∂z
    let gradients: CodePlane
    /// d
    let directions: CodePlane
    /// G·d; between steps, room for the next gradient.
    let images: CodePlane
    /// z + length·d
    let trials: CodePlane
    /// ‖∂f/∂z‖²
    let squares: CodeColumn<Float>
  }

  /// Conjugate gradients on the problem's λ, or σ² where it is given, times −log p.
  public init(
    _ prior: Density, noiseVariance: Float? = nil, tolerance: Float = 1e-4,
    maximumIterations: Int = 1000
  ) {
    precondition(noiseVariance.map { $0 > 0 } ?? true, "noise variance σ² = \(noiseVariance ?? 0)")
    self.prior = prior
    self.noiseVariance = noiseVariance
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// The gradient at the start, and the direction against it.
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State {
    let state = State(
      correlations: block.newPlane(), gradients: block.newPlane(), directions: block.newPlane(),
      images: block.newPlane(), trials: block.newPlane(), squares: block.newColumn())
    problem.correlate(block, block.codes, into: state.correlations)
    for row in 0..<block.rows { turn(problem, block, state, row: row) }
    return state
  }

  /// A line search along d, then the next d.
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    problem.applyGram(block, state.directions, into: state.images)
    for row in 0..<block.rows {
      let length = lineSearch(problem, block, state, row: row)
      let z = block.codes.row(row)
      add(length, state.directions.row(row), to: z, block.stride)
      add(-length, state.images.row(row), to: state.correlations.row(row), block.stride)
      if problem.isNonnegative {
        for k in 0..<block.stride where z[k] < 1e-7 { z[k] = 0 }
      }
      turn(problem, block, state, row: row)
    }
  }

  /// ‖∂f/∂z‖/‖Φx‖
  public func measure(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    for row in 0..<block.rows {
      // What has been added up step by step starts afresh.
      state.correlations.row(row).update(from: block.correlations.row(row), count: block.stride)
      let targets = block.targets.row(row)
      let scale = dot(targets, targets, block.stride)
      block.gaps[row] = scale > 0 ? (state.squares[row] / scale).squareRoot() : scale
    }
  }

  /// The gradient at the codes, and the next direction d ← −g + β·d.
  private func turn(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State, row: Int
  ) {
    let (g, d) = (state.gradients.row(row), state.directions.row(row))
    let (z, c) = (block.codes.row(row), state.correlations.row(row))
    let next = state.images.row(row)
    evaluate(problem, at: z, into: next)
    let lambda = noiseVariance ?? problem.sparsity
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
    let previous = state.squares[row]
    let beta = previous > 0 ? max((square - overlap) / previous, 0) : 0
    for k in 0..<block.stride {
      g[k] = next[k]
      d[k] = beta * d[k] - next[k]
      if problem.isNonnegative && z[k] <= 0 && d[k] < 0 { d[k] = 0 }
    }
    if !(dot(d, g, block.stride) < 0) {
      for k in 0..<block.stride { d[k] = -g[k] }
    }
    state.squares[row] = square
  }

  /// −∂ log p/∂z of each code.
  private func evaluate(
    _ problem: SparseCodingProblem, at z: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<problem.atoms { gradient[k] = Float(-prior.score(Double(z[k]))) }
  }

  /// The length at which the first code along d becomes zero, where none may be negative.
  private func longestStep(
    _ problem: SparseCodingProblem, from z: UnsafePointer<Float>, along d: UnsafePointer<Float>
  ) -> Float {
    var longest = Float.infinity
    if problem.isNonnegative {
      for k in 0..<problem.atoms where d[k] < 0 { longest = min(longest, -z[k] / d[k]) }
    }
    return longest
  }

  /// The length at which the derivative along the direction has fallen to a tenth, shortened where
  /// that is uphill.
  private func lineSearch(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State, row: Int
  ) -> Float {
    let (d, z) = (state.directions.row(row), block.codes.row(row))
    let curvature = dot(d, state.images.row(row), block.stride)
    let descent = -dot(d, state.correlations.row(row), block.stride)
    let (point, slopes) = (state.trials.row(row), block.correlations.start)
    let lambda = noiseVariance ?? problem.sparsity
    func derivative(_ length: Float) -> Float {
      for k in 0..<block.stride { point[k] = z[k] + length * d[k] }
      evaluate(problem, at: point, into: slopes)
      return descent + length * curvature + lambda * dot(slopes, d, block.stride)
    }
    let longest = longestStep(problem, from: z, along: d)
    var low: Float = 0
    var atLow = dot(state.gradients.row(row), d, block.stride)
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
