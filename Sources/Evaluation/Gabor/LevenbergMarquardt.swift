import Compute

/// How an iterative fit came to its end.
public enum FitStatus: String, Hashable, Sendable, Codable {
  /// No step improves the sum of squares by more than the tolerance.
  case converged
  /// The iterations were used up; the result is the best so far.
  case iterationLimit
  /// There was nothing to fit: the data are constant, or not finite.
  case degenerate
}

/// Levenberg and Marquardt's method for small dense problems within a box.
///
/// Each step solves (JᵀJ + λ·diag(JᵀJ))·δ = −Jᵀr over the parameters that are free to move,
/// projects p + δ onto the box, and is taken where it lowers the sum of squares. λ follows
/// Marquardt 1963. A parameter is not free where it stands at a bound and the gradient pushes it
/// out.
struct LevenbergMarquardt {
  /// Most steps to try, taken or not.
  var iterationLimit = 100
  /// A step that lowers the sum of squares by less than this share of it ends the fit.
  var tolerance = 1e-9

  /// The state from which to continue.
  struct State {
    var parameters: [Double]
    /// ‖r‖².
    var sumOfSquares: Double
    var damping = 1e-2
    var status = FitStatus.iterationLimit
  }

  /// Evaluates the problem at `parameters`, first projected onto the box.
  func start(_ problem: some LeastSquaresProblem, at parameters: [Double]) -> State {
    let projected = project(parameters, problem)
    return State(
      parameters: projected, sumOfSquares: sumOfSquares(of: problem, at: projected))
  }

  /// Iterates until convergence or the limit.
  func solve(_ problem: some LeastSquaresProblem, _ state: inout State) {
    let (n, m) = (problem.parameterCount, problem.residualCount)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: (n + 1) * m) { memory in
      let residuals = UnsafeMutableBufferPointer(rebasing: memory[0..<m])
      let jacobian = UnsafeMutableBufferPointer(rebasing: memory[m..<(n + 1) * m])
      var normal = NormalEquations(parameters: n, products: [])
      var stale = true
      for _ in 0..<iterationLimit {
        if stale {
          problem.linearize(at: state.parameters, residuals: residuals, jacobian: jacobian)
          normal.products = LinearAlgebra.gram(UnsafeBufferPointer(memory), rows: n + 1)
          stale = false
        }
        guard
          let step = dampedStep(normal, damping: state.damping, problem, state.parameters)
        else {
          state.damping *= 10
          continue
        }
        let candidate = project(zip(state.parameters, step).map { $0 + $1 }, problem)
        let value = sumOfSquares(of: problem, at: candidate)
        let gain = state.sumOfSquares - value
        if gain > 0 {
          state.parameters = candidate
          state.sumOfSquares = value
          state.damping = max(state.damping / 5, 1e-9)
          stale = true
        } else {
          state.damping *= 4
        }
        // Rejected steps end the fit once they are too short to matter.
        if (gain > 0 && gain <= tolerance * state.sumOfSquares) || state.damping > 1e10 {
          state.status = .converged
          return
        }
      }
      state.status = .iterationLimit
    }
  }

  /// −(N + λ·diag N)⁻¹·g over the free parameters, 0 for the others; nil where N is not positive
  /// definite to rounding.
  private func dampedStep(
    _ normal: NormalEquations, damping: Double, _ problem: some LeastSquaresProblem,
    _ parameters: [Double]
  ) -> [Double]? {
    let free = parameters.indices.filter { i in
      !(parameters[i] <= problem.lowerBounds[i] && normal.gradient(i) > 0)
        && !(parameters[i] >= problem.upperBounds[i] && normal.gradient(i) < 0)
    }
    var system = [Double](repeating: 0, count: free.count * free.count)
    var step = free.map { -normal.gradient($0) }
    for (row, i) in free.enumerated() {
      for (column, j) in free.enumerated() { system[row * free.count + column] = normal[i, j] }
      // A parameter without any effect keeps its place.
      let scale = normal[i, i]
      system[row * free.count + row] += damping * scale + (scale > 0 ? 0 : 1)
    }
    guard let factor = CholeskyFactor(system, order: free.count) else { return nil }
    factor.solve(&step)
    var full = [Double](repeating: 0, count: parameters.count)
    for (row, i) in free.enumerated() { full[i] = step[row] }
    return full
  }

  private func project(_ parameters: [Double], _ problem: some LeastSquaresProblem) -> [Double] {
    let (low, high) = (problem.lowerBounds, problem.upperBounds)
    return parameters.indices.map { min(max(parameters[$0], low[$0]), high[$0]) }
  }

  private func sumOfSquares(
    of problem: some LeastSquaresProblem, at parameters: [Double]
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: problem.residualCount) { residuals in
      problem.residuals(at: parameters, into: residuals)
      return LinearAlgebra.gram(UnsafeBufferPointer(residuals), rows: 1).reduce(0, +)
    }
  }
}

/// N = JᵀJ and the gradient Jᵀr, as inner products of the rows of [r; J].
private struct NormalEquations {
  let parameters: Int
  /// `[parameters + 1, parameters + 1]`
  var products: [Double]

  subscript(i: Int, j: Int) -> Double { products[(i + 1) * (parameters + 1) + j + 1] }

  func gradient(_ i: Int) -> Double { products[i + 1] }
}
