/// Training met a number that is not finite.
public struct TrainingDiverged: Error, CustomStringConvertible {
  /// The step, counted from 1 over the whole run.
  public let step: Int
  /// The epoch of this step, counted from 1.
  public let epoch: Int
  /// The first parameters that are not finite, or beyond 10⁶; nil where only the objective is not.
  public let layer: String?
  /// What most likely led to it.
  public let cause: String

  /// - Parameter result: of the step; nil where it was finite, and what it left is not.
  init(step: Int, epoch: Int, model: SparseVAE, result: StepResult?) {
    self.step = step
    self.epoch = epoch
    layer = model.namedTensors.first { !$0.elements.allSatisfy { abs($0) < 1e6 } }?.name
    cause =
      if layer != nil {
        "the learning rate is probably too high: lower it, or clip the gradient's norm"
      } else if let result, !result.negativeLogLikelihood.isFinite {
        "the reconstructions overflow: the patches are probably not scaled to unit variance, or "
          + "the posterior's log scale may grow too far"
      } else {
        "the divergence from the prior overflows: the prior's scale is probably far too small, "
          + "or far too large"
      }
  }

  public var description: String {
    let place = layer.map { "\($0) has run away" } ?? "the objective is not finite"
    return "training diverged at step \(step), in epoch \(epoch): \(place); \(cause)"
  }
}
