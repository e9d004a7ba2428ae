import Filters
import SparseCoding

/// The learning rules by the names that configurations use.
public enum DictionaryRuleFamily: String, CaseIterable, Codable, Hashable, Sendable {
  case gradient
  /// Mairal et al.'s online learning.
  case online
  /// The method of optimal directions.
  case optimalDirections = "mod"
  case kSVD = "k-svd"

  /// What can hold the filters' norms: of the package's own, and any that its users registered.
  public var constraints: [ConstraintFamily] {
    switch self {
    case .gradient:
      ConstraintFamily.allCases.filter { ![.none, .weightNormalization].contains($0) }
    case .online: [.unitNorm, .unitBall]
    case .optimalDirections, .kSVD: [.unitNorm]
    }
  }

  /// Whether each update fits the dictionary to its batch alone, which must therefore be large.
  var wantsLargeBatches: Bool { self == .optimalDirections || self == .kSVD }
}

extension SparseCodingSettings {
  /// The rule that these settings describe.
  var dictionaryRule: any DictionaryRule {
    switch rule {
    case .gradient:
      GradientRule(rate: Float(rate), finalRate: Float(finalRate), constraint: filterConstraint)
    case .online: OnlineRule(constraint: filterConstraint)
    case .optimalDirections: OptimalDirections()
    case .kSVD: KSVD()
    }
  }

  /// What holds the filters' norms: the gradient is used whole, and norms follow the codes'
  /// variances at the pace of codes that are optimal at each step.
  private var filterConstraint: any FilterConstraint {
    let settings = [
      UnitNorm.tangent.name: 0,
      VarianceMatching.goal.name: codeVariance, VarianceMatching.rate.name: 0.01,
      VarianceMatching.averaging.name: 0.05, VarianceMatching.lowest.name: 0.7,
      VarianceMatching.highest.name: 1.5, VarianceMatching.followsFilter.name: 1,
    ]
    guard let made = try? constraint.constraint(defaults: settings) else {
      preconditionFailure("constraint \(constraint.rawValue), code variance \(codeVariance)")
    }
    return made
  }
}
