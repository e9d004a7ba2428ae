import Compute
import Filters

/// The rules that change dictionaries, by name. A new one is a file with its type and a line here,
/// or a call of `register`.
public enum DictionaryRules: RegisteredTypes {
  /// "rule"
  public static let noun = "rule"

  /// All rules that can be chosen, in order.
  public static let all = Registry<RuleEntry>([
    "gradient": RuleEntry(
      "a gradient step", takes: { ![.none, .weightNormalization].contains($0) }
    ) {
      GradientRule(rate: $0.rate, finalRate: $0.finalRate, constraint: $0.constraint)
    },
    "online": RuleEntry(
      "online learning (Mairal et al. 2009)", takes: { [.unitNorm, .unitBall].contains($0) }
    ) { OnlineRule(constraint: $0.constraint) },
    "mod": RuleEntry("the method of optimal directions", wantsLargeBatches: true) { _ in
      OptimalDirections()
    },
    "k-svd": RuleEntry("K-SVD", wantsLargeBatches: true, solver: .orthogonalMatchingPursuit) { _ in
      KSVD()
    },
  ])
}

/// What a rule's name stands for.
public struct RuleEntry: Sendable {
  /// What a rule is made from.
  public struct Settings: Sendable {
    /// η at the first update; 1 is the step to the best filter for the batch.
    public let rate: Float
    /// η at the last update.
    public let finalRate: Float
    /// What holds the filters' norms.
    public let constraint: any FilterConstraint

    /// For a rule that takes such a constraint.
    public init(rate: Float, finalRate: Float, constraint: any FilterConstraint) {
      self.rate = rate
      self.finalRate = finalRate
      self.constraint = constraint
    }
  }

  /// The rule in a few words, as help texts list it: "a gradient step".
  public let summary: String
  /// Whether each update fits the dictionary to its batch alone, which must therefore be large.
  public let wantsLargeBatches: Bool
  /// What finds codes where nothing else is chosen.
  public let solver: SparseSolverFamily
  /// Whether the rule can hold the filters' norms by a constraint.
  public let takes: @Sendable (ConstraintFamily) -> Bool
  /// Gives the rule of these settings.
  public let make: @Sendable (Settings) -> any DictionaryRule

  /// An entry of these properties.
  public init(
    _ summary: String, wantsLargeBatches: Bool = false, solver: SparseSolverFamily = .activeSet,
    takes: @escaping @Sendable (ConstraintFamily) -> Bool = { $0 == .unitNorm },
    make: @escaping @Sendable (Settings) -> any DictionaryRule
  ) {
    self.summary = summary
    self.wantsLargeBatches = wantsLargeBatches
    self.solver = solver
    self.takes = takes
    self.make = make
  }
}

/// A rule's name, as options and configurations give it.
public typealias DictionaryRuleFamily = RegisteredName<DictionaryRules>

extension DictionaryRuleFamily {
  /// `GradientRule`
  public static var gradient: DictionaryRuleFamily { DictionaryRuleFamily(name: "gradient") }

  /// What can hold the filters' norms: of the package's own, and any that its users registered.
  public var constraints: [ConstraintFamily] { ConstraintFamily.allCases.filter(entry.takes) }
}
