import SparseCoding

/// The learning rules by the names that configurations use.
public enum DictionaryRuleFamily: String, CaseIterable, Codable, Hashable, Sendable {
  case gradient
  /// Mairal et al.'s online learning.
  case online
  /// The method of optimal directions.
  case optimalDirections = "mod"
  case kSVD = "k-svd"

  /// What can hold the filters' norms.
  public var constraints: [DictionaryConstraint] {
    switch self {
    case .gradient: DictionaryConstraint.allCases
    case .online: [.unitNorm, .unitBall]
    case .optimalDirections, .kSVD: [.unitNorm]
    }
  }

  /// Whether each update fits the dictionary to its batch alone, which must therefore be large.
  var wantsLargeBatches: Bool { self == .optimalDirections || self == .kSVD }
}

/// What holds the filters' norms, by the names that configurations use.
public enum DictionaryConstraint: String, CaseIterable, Codable, Hashable, Sendable {
  /// ‖φₖ‖ = 1
  case unitNorm = "unit-norm"
  /// ‖φₖ‖ ≤ 1
  case unitBall = "unit-ball"
  /// Olshausen & Field's gain rule: norms follow the codes' variance.
  case varianceMatching = "variance-matching"
}

extension SparseCodingSettings {
  /// The rule that these settings describe.
  var dictionaryRule: any DictionaryRule {
    switch rule {
    case .gradient:
      GradientRule(rate: Float(rate), finalRate: Float(finalRate), norms: norms)
    case .online: OnlineRule(isUnitNorm: constraint == .unitNorm)
    case .optimalDirections: OptimalDirections()
    case .kSVD: KSVD()
    }
  }

  private var norms: FilterNorms {
    switch constraint {
    case .unitNorm: .unit
    case .unitBall: .unitBall
    case .varianceMatching: .varianceMatching(goal: Float(codeVariance))
    }
  }
}
