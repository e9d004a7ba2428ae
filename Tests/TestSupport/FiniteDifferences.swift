/// The derivative of `function` at `x` by Richardson-extrapolated central differences.
///
/// - Parameter step: half the widest distance between the points; the error falls with its fourth
///   power until rounding takes over.
public func derivative(
  at x: Double, step: Double = 1e-3, of function: (Double) -> Double
) -> Double {
  let wide = (function(x + step) - function(x - step)) / (2 * step)
  let narrow = (function(x + step / 2) - function(x - step / 2)) / step
  return (4 * narrow - wide) / 3
}

/// The integral of `function` over `low ... high` by the composite Gauss–Legendre rule of order 5.
public func integral(
  from low: Double, to high: Double, pieces: Int = 2000, of function: (Double) -> Double
) -> Double {
  let nodes = [
    0, 0.538_469_310_105_683, -0.538_469_310_105_683, 0.906_179_845_938_664, -0.906_179_845_938_664,
  ]
  let weights = [
    0.568_888_888_888_889, 0.478_628_670_499_366, 0.478_628_670_499_366, 0.236_926_885_056_189,
    0.236_926_885_056_189,
  ]
  let width = (high - low) / Double(pieces)
  var sum = 0.0
  for piece in 0..<pieces {
    let centre = low + (Double(piece) + 0.5) * width
    for (node, weight) in zip(nodes, weights) {
      sum += weight * function(centre + node * width / 2)
    }
  }
  return sum * width / 2
}
