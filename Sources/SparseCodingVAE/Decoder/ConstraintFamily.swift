import Distributions

/// The decoder constraints by name.
public enum ConstraintFamily: String, Codable, CaseIterable, Sendable {
  case unitNorm = "unit-norm"
  case none
  case unitBall = "unit-ball"
  case weightNormalization = "weight-norm"
  case varianceMatching = "variance-matching"

  /// The constraint of this name.
  ///
  /// - Parameters:
  ///   - tangent: for unit norm, see `UnitNorm.tangent`.
  ///   - learnsGain: for weight normalisation, see `WeightNormalization.learnsGain`.
  ///   - prior: for variance matching, whose goal is the prior's variance (or s², where it has none).
  public func constraint(
    tangent: Bool, learnsGain: Bool, prior: any Prior
  ) -> any DecoderConstraint {
    switch self {
    case .unitNorm: UnitNorm(tangent: tangent)
    case .none: Unconstrained()
    case .unitBall: UnitBall()
    case .weightNormalization: WeightNormalization(learnsGain: learnsGain)
    case .varianceMatching:
      VarianceMatching(goal: Float(prior.variance ?? prior.scale * prior.scale))
    }
  }
}
