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
    moved(logScale, towards: change(slope))
  }

  private static func change(_ slope: Double) -> Double {
    Double.log(max(1 - slope, .leastNormalMagnitude))
  }

  /// log s of a latent after a batch.
  ///
  /// With a contrast a only the scales' relations follow the latents; the scale that they share is
  /// that at which log a is 0 in the mean, the best one at fixed q(log s·a).
  ///
  /// - Parameters:
  ///   - slope: of this latent, ∂KL/∂log s, mean over patches.
  ///   - mean: over latents.
  ///   - contrast: E_q[log a], mean over patches; nil where they have none.
  package static func refitted(
    _ logScale: Float, slope: Double, mean: Double, contrast: Double?
  ) -> Float {
    guard let contrast else { return refitted(logScale, slope: slope) }
    if slope == mean { return moved(logScale, towards: contrast) }
    return moved(logScale, towards: contrast + change(slope) - change(mean))
  }

  /// logit γ₀ after a batch: the share of latents that are not zero is best as the mean of γ.
  ///
  /// - Parameter share: the batch's mean γ.
  package static func refitted(shareLogit logit: Float, share: Double) -> Float {
    let share = min(max(share, 1e-9), 1 - 1e-9)
    return moved(logit, towards: .log(share) - .log(onePlus: -share) - Double(logit))
  }

  /// No batch moves s by more than a factor e.
  private static func moved(_ logScale: Float, towards change: Double) -> Float {
    Float(Double(logScale) + rate * min(max(change, -1), 1))
  }
}
