import TestSupport
import Testing

@testable import Evaluation

/// Rosenbrock's valley as a sum of squares, (1 − x)² + 100(y − x²)², in a box.
private struct Rosenbrock: LeastSquaresProblem {
  var lowerBounds = [-Double.infinity, -.infinity]
  var upperBounds = [Double.infinity, .infinity]
  var parameterCount: Int { 2 }
  var residualCount: Int { 2 }

  func residuals(at p: [Double], into residuals: UnsafeMutableBufferPointer<Double>) {
    residuals[0] = 1 - p[0]
    residuals[1] = 10 * (p[1] - p[0] * p[0])
  }

  func linearize(
    at p: [Double], residuals: UnsafeMutableBufferPointer<Double>,
    jacobian: UnsafeMutableBufferPointer<Double>
  ) {
    self.residuals(at: p, into: residuals)
    (jacobian[0], jacobian[1]) = (-1, -20 * p[0])
    (jacobian[2], jacobian[3]) = (0, 10)
  }
}

@Suite struct LevenbergMarquardtTests {
  @Test func `Rosenbrock's valley ends at (1, 1)`() {
    let solver = LevenbergMarquardt()
    var state = solver.start(Rosenbrock(), at: [-1.2, 1])
    solver.solve(Rosenbrock(), &state)
    #expect(abs(state.parameters[0] - 1) < 1e-6 && abs(state.parameters[1] - 1) < 1e-6)
    #expect(state.status == .converged)
  }

  @Test func `a minimum outside the box is approached on its wall`() {
    // With x ≤ ½ the best is x = ½, y = ¼.
    let problem = Rosenbrock(upperBounds: [0.5, .infinity])
    let solver = LevenbergMarquardt()
    var state = solver.start(problem, at: [-1.2, 1])
    solver.solve(problem, &state)
    #expect(state.parameters[0] == 0.5)
    #expect(abs(state.parameters[1] - 0.25) < 1e-6)
    #expect(state.status == .converged)
  }

  @Test func `running out of iterations is said`() {
    let solver = LevenbergMarquardt(iterationLimit: 3)
    var state = solver.start(Rosenbrock(), at: [-1.2, 1])
    let before = state.sumOfSquares
    solver.solve(Rosenbrock(), &state)
    #expect(state.status == .iterationLimit)
    #expect(state.sumOfSquares < before)
  }

  @Test(arguments: 0..<9)
  func `the Gabor problem's derivatives equal central differences`(parameter: Int) {
    let target = (0..<35).map { Double($0 * 7 % 11) / 11 }
    let problem = GaborProblem(height: 5, width: 7, target: target)
    let point = [2.7, 2.2, 1.3, 1.9, 0.7, 0.21, 0.8, -0.5, 0.1]
    var jacobian = [Double](repeating: 0, count: 9 * 35)
    var residuals = [Double](repeating: 0, count: 35)
    jacobian.withUnsafeMutableBufferPointer { jacobian in
      residuals.withUnsafeMutableBufferPointer { residuals in
        problem.linearize(at: point, residuals: residuals, jacobian: jacobian)
      }
    }
    for pixel in 0..<35 {
      let expected = derivative(at: point[parameter]) { value in
        var moved = point
        moved[parameter] = value
        var residuals = [Double](repeating: 0, count: 35)
        residuals.withUnsafeMutableBufferPointer { problem.residuals(at: moved, into: $0) }
        return residuals[pixel]
      }
      #expect(abs(jacobian[parameter * 35 + pixel] - expected) < 1e-8, "pixel \(pixel)")
    }
  }
}
