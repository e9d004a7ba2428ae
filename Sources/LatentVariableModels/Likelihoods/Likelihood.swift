import Compute

/// p(x | z): how far a reconstruction is from the patch, in nats.
public protocol Likelihood: Sendable {
  /// log σ at the start.
  var noiseLogScale: Double { get }

  /// Compares x̂ with x for a batch, and makes ∂L/∂x̂.
  ///
  /// - Parameter logNoise: the place of log σ among the parameters.
  func compare(
    _ reconstruction: Buffer, _ x: Buffer, into gradient: Buffer, logNoise: Int,
    on engine: some Engine)

  /// The gradient by log σ for patches of `pixels` pixels.
  func noiseGradient(pixels: Int) -> ScalarGradient

  /// −log p(x | z) of a patch, its gradient by x̂, and its slope by log σ, in double precision.
  ///
  /// - Parameter spread: the sum of the pixels' variances, of a reconstruction that is a mean.
  func value(
    _ reconstruction: [Double], _ patch: [Double], spread: Double, logNoise: Double
  ) -> (nats: Double, gradient: [Double], logNoiseSlope: Double)

  /// −log p(x | z) in nats from the squared error of `pixels` pixels.
  func nats(squaredError: Double, pixels: Int, logNoise: Double) -> Double
}
