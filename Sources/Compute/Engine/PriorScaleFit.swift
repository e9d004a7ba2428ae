import RealModule

/// The fit of a prior's scale s to the latents of one batch after the other.
package enum PriorScaleFit {
  /// The share of a batch's fit that is taken: fits are means over about fifty batches.
  private static let rate = 0.02

  /// log s after a batch.
  ///
  /// - Parameter slope: ∂KL/∂log s, mean over latents and patches. For a Laplace prior it is
  ///   1 − E|z|/s, so that 1 − slope is the factor from s to E|z|; for others this is a fixed point of
  ///   the same root.
  package static func refitted(_ logScale: Float, slope: Double) -> Float {
    // No batch moves s by more than a factor e.
    let factor = min(max(1 - slope, Double.exp(-1)), Double.exp(1))
    return Float(Double(logScale) + rate * Double.log(factor))
  }
}
