import Compute
import Distributions
import RealModule

// Energies of Olshausen & Field and of textbooks, as the priors that they belong to; not normalised,
// which no solver asks for.

/// −log p(z) = 1 − exp(−(z/s)²): codes far from zero all cost the same.
struct GaussianWell: Prior {
  static let name = "gaussian-well"
  var scale: Double
  init(scale: Double = 1, shape: [String: Double] = [:]) { self.scale = scale }

  func logDensity(_ z: Double) -> Double { .exp(-z * z / (scale * scale)) - 1 }
  func score(_ z: Double) -> Double {
    -2 * z / (scale * scale) * .exp(-z * z / (scale * scale))
  }
  func sample(using stream: inout RandomStream) -> Double { stream.normal() }
  var variance: Double? { nil }
}

/// −log p(z) = √(z² + s²) − s: |z| with its corner rounded.
struct RoundedAbsolute: Prior {
  static let name = "rounded-absolute"
  var scale: Double
  init(scale: Double = 0.1, shape: [String: Double] = [:]) { self.scale = scale }

  func logDensity(_ z: Double) -> Double {
    // Without the difference of two nearly equal numbers.
    -z * z / ((z * z + scale * scale).squareRoot() + scale)
  }
  func score(_ z: Double) -> Double { -z / (z * z + scale * scale).squareRoot() }
  func sample(using stream: inout RandomStream) -> Double { stream.laplace() }
  var variance: Double? { nil }
}
