import RealModule

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
      var normal = [Double](repeating: 0, count: n * n)
      var gradient = [Double](repeating: 0, count: n)
      var stale = true
      for _ in 0..<iterationLimit {
        if stale {
          problem.linearize(at: state.parameters, residuals: residuals, jacobian: jacobian)
          formNormalEquations(jacobian, residuals, &normal, &gradient)
          stale = false
        }
        guard
          let step = dampedStep(normal, gradient, damping: state.damping, problem, state.parameters)
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
    _ normal: [Double], _ gradient: [Double], damping: Double, _ problem: some LeastSquaresProblem,
    _ parameters: [Double]
  ) -> [Double]? {
    let n = gradient.count
    let free = (0..<n).filter { i in
      !(parameters[i] <= problem.lowerBounds[i] && gradient[i] > 0)
        && !(parameters[i] >= problem.upperBounds[i] && gradient[i] < 0)
    }
    var system = [Double](repeating: 0, count: free.count * free.count)
    var step = free.map { -gradient[$0] }
    for (row, i) in free.enumerated() {
      for (column, j) in free.enumerated() { system[row * free.count + column] = normal[i * n + j] }
      // A parameter without any effect keeps its place.
      let scale = normal[i * n + i]
      system[row * free.count + row] += damping * scale + (scale > 0 ? 0 : 1)
    }
    guard solveSymmetric(&system, &step) else { return nil }
    var full = [Double](repeating: 0, count: n)
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
      return dot(UnsafeBufferPointer(residuals), UnsafeBufferPointer(residuals))
    }
  }

  /// JᵀJ and Jᵀr.
  private func formNormalEquations(
    _ jacobian: UnsafeMutableBufferPointer<Double>,
    _ residuals: UnsafeMutableBufferPointer<Double>, _ normal: inout [Double],
    _ gradient: inout [Double]
  ) {
    let (n, m) = (gradient.count, residuals.count)
    func column(_ i: Int) -> UnsafeBufferPointer<Double> {
      UnsafeBufferPointer(rebasing: jacobian[i * m..<(i + 1) * m])
    }
    for i in 0..<n {
      gradient[i] = dot(column(i), UnsafeBufferPointer(residuals))
      for j in i..<n {
        normal[i * n + j] = dot(column(i), column(j))
        normal[j * n + i] = normal[i * n + j]
      }
    }
  }
}

/// Σ aᵢ·bᵢ in eight interleaved sums.
func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
  guard let pa = a.baseAddress, let pb = b.baseAddress else { return 0 }
  var sums = SIMD8<Double>.zero
  let whole = a.count / 8 * 8
  for i in stride(from: 0, to: whole, by: 8) {
    let left = UnsafeRawPointer(pa + i).loadUnaligned(as: SIMD8<Double>.self)
    let right = UnsafeRawPointer(pb + i).loadUnaligned(as: SIMD8<Double>.self)
    sums += left * right
  }
  var sum = sums.sum()
  for i in whole..<a.count { sum += pa[i] * pb[i] }
  return sum
}

/// Solves A·x = b by Cholesky's factorisation; A, n·n, is overwritten and b becomes x.
///
/// - Returns: false where A is not positive definite to rounding.
func solveSymmetric(_ a: inout [Double], _ b: inout [Double]) -> Bool {
  let n = b.count
  for j in 0..<n {
    var diagonal = a[j * n + j]
    for k in 0..<j { diagonal -= a[j * n + k] * a[j * n + k] }
    if !(diagonal > 1e-14 * abs(a[j * n + j])) { return false }
    let root = Double.sqrt(diagonal)
    a[j * n + j] = root
    for i in j + 1..<n {
      var value = a[i * n + j]
      for k in 0..<j { value -= a[i * n + k] * a[j * n + k] }
      a[i * n + j] = value / root
    }
  }
  for i in 0..<n {
    for k in 0..<i { b[i] -= a[i * n + k] * b[k] }
    b[i] /= a[i * n + i]
  }
  for i in stride(from: n - 1, through: 0, by: -1) {
    for k in i + 1..<n { b[i] -= a[k * n + i] * b[k] }
    b[i] /= a[i * n + i]
  }
  return true
}
