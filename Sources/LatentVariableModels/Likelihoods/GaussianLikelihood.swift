import Compute
import RealModule

/// x | z ~ N(x̂, σ²I): −log p = ‖x − x̂‖²/2σ² + D·log σ + (D/2)·log 2π.
public struct GaussianLikelihood: Likelihood {
  public var noiseLogScale: Double

  /// - Parameter noiseLogScale: log σ at the start.
  public init(noiseLogScale: Double) { self.noiseLogScale = noiseLogScale }

  public func compare(
    _ reconstruction: Buffer, _ x: Buffer, into gradient: Buffer, logNoise: Int,
    on engine: some Engine
  ) {
    engine.compare(reconstruction, x, into: gradient, logNoise: logNoise)
  }

  public func noiseGradient(pixels: Int) -> ScalarGradient { .noise(pixels: pixels) }

  public func value(
    _ reconstruction: [Double], _ patch: [Double], spread: Double, logNoise: Double
  ) -> (nats: Double, gradient: [Double], logNoiseSlope: Double) {
    let residual = zip(reconstruction, patch).map { $0 - $1 }
    let squaredError = residual.reduce(spread) { $0 + $1 * $1 }
    let precision = Double.exp(-2 * logNoise)
    return (
      nats(squaredError: squaredError, pixels: patch.count, logNoise: logNoise),
      residual.map { precision * $0 }, Double(patch.count) - precision * squaredError
    )
  }

  public func nats(squaredError: Double, pixels: Int, logNoise: Double) -> Double {
    squaredError * Double.exp(-2 * logNoise) / 2 + Double(pixels)
      * (logNoise + Double.log(2 * .pi) / 2)
  }
}
