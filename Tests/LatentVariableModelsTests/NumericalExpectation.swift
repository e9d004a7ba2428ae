import Distributions
import Foundation
import TestSupport

@testable import LatentVariableModels

/// E_q[f(z)] by Gauss–Legendre quadrature over ε, cut where q or a prior of scale s has a kink.
func expectation(
  under posterior: any Posterior, priorScale s: Double, of function: (Double) -> Double
) -> Double {
  // Beyond these, q has no mass in double precision.
  let limit = posterior is GaussianPosterior ? 12.0 : 50.0
  var cuts = [-limit, limit, 0]
  // A horseshoe's peak narrows geometrically down to its floor of s/1000.
  for exponent in 0...10 {
    let distance = exponent == 10 ? 1e-3 : 1 / Double(1 << exponent)
    for z in [-s * distance, s * distance] { cuts.append((z - posterior.mean) / posterior.scale) }
  }
  cuts.append(-posterior.mean / posterior.scale)
  let points = cuts.filter { abs($0) <= limit }.sorted()
  let standard = type(of: posterior).init(mean: 0, scale: 1)
  var sum = 0.0
  for (start, end) in zip(points, points.dropFirst()) where end > start {
    sum += integral(from: start, to: end, pieces: 60) { noise in
      exp(standard.logDensity(noise)) * function(posterior.sample(noise: noise))
    }
  }
  return sum
}

/// KL(q ‖ p) by quadrature, in nats.
func numericalDivergence(_ posterior: any Posterior, from prior: any Prior) -> Double {
  expectation(under: posterior, priorScale: prior.scale) {
    posterior.logDensity($0) - prior.logDensity($0)
  }
}
