/// A sum of squares ½‖r(p)‖² over a box of parameters, to be minimised.
protocol LeastSquaresProblem {
  /// Number of parameters p.
  var parameterCount: Int { get }
  /// Number of residuals r.
  var residualCount: Int { get }
  /// The least value of each parameter.
  var lowerBounds: [Double] { get }
  /// The greatest value of each parameter.
  var upperBounds: [Double] { get }

  /// Writes r(p).
  func residuals(at parameters: [Double], into residuals: UnsafeMutableBufferPointer<Double>)

  /// Writes r(p) and ∂r/∂p, `[parameters, residuals]`, one parameter a row.
  func linearize(
    at parameters: [Double], residuals: UnsafeMutableBufferPointer<Double>,
    jacobian: UnsafeMutableBufferPointer<Double>)
}
