import Foundation

/// The values of Reference/priors.json, by SciPy.
struct ReferenceValues: Decodable {
  struct PriorValues: Decodable {
    let prior: String
    let scale: Double
    let z: [Double]
    let logDensity: [Double]
    let score: [Double]
  }

  struct ExponentialIntegral: Decodable {
    let x: [Double]
    let value: [Double]
    let scaled: [Double]
  }

  let priors: [PriorValues]
  let exponentialIntegral: ExponentialIntegral

  static func load() throws -> ReferenceValues {
    let file = Bundle.module.bundleURL.appending(path: "Reference/priors.json")
    return try JSONDecoder().decode(ReferenceValues.self, from: Data(contentsOf: file))
  }
}

/// Whether `value` equals `expected` up to `tolerance` · (1 + |expected|).
func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  abs(value - expected) <= tolerance * (1 + abs(expected))
}
