import Filters
import ImageData
import SparseCoding

/// Everything that determines the learning of a dictionary. `config.yaml` in the run folder is
/// this, resolved; its key `sparseCoding` tells such a run from a model's.
public struct DictionaryConfiguration: Configuration {
  public var data = DataSettings()
  /// The dictionary, its codes and its learning.
  public var sparseCoding = SparseCodingSettings()

  /// The defaults for photographs.
  public init() {}

  /// The defaults for data of one kind; the patches are those that models are trained on.
  public static func defaults(for kind: PatchKind) -> DictionaryConfiguration {
    var configuration = DictionaryConfiguration()
    configuration.data.preparation = .defaults(for: kind)
    if kind == .whole { configuration.sparseCoding.atoms = 400 }
    return configuration
  }

  /// Fills in every nil that depends on the rule or on the kind of data.
  public mutating func resolve(for kind: PatchKind) {
    data.preparation.resolve(for: kind)
    sparseCoding = sparseCoding.resolved
  }
}

/// The dictionary, how codes are found and how it is learned. Each default is stated here, once.
public struct SparseCodingSettings: Codable, Hashable, Sendable {
  /// K
  public var atoms = 169
  /// λ, the weight of |z| against squared error; pixels have variance 1.
  public var lambda = 1.0
  /// Whether codes are restricted to z ≥ 0.
  public var nonnegative = false
  /// What finds codes; nil is the rule's own.
  public var solver: SparseSolverFamily?
  /// The relative duality gap that codes are brought to while learning; for solvers that have
  /// none, their own criterion.
  public var gap = 1e-4
  /// The most active atoms of a patch, for pursuits and hard thresholding.
  public var activeAtoms = 10
  /// What changes the dictionary after a batch.
  public var rule = DictionaryRuleFamily.gradient
  /// η of the gradient rule at the first update; 1 is the step to the best filter for the batch.
  public var rate = 0.5
  /// η of the gradient rule at the last update.
  public var finalRate = 0.01
  /// What holds the filters' norms.
  public var constraint = ConstraintFamily.unitNorm
  /// The variance of every code that `varianceMatching` aims at.
  public var codeVariance = 0.5
  /// nil is 2500, and 100 for rules that want large batches.
  public var updates: Int?
  /// Patches in a batch; nil is 200, and 5000 for rules that want large batches.
  public var batchSize: Int?
  /// Whether atoms that were not used for 5000 patches are replaced by unexplained patches.
  public var replacesDead = true
  /// Whether atoms nearly equal to others are replaced likewise.
  public var replacesDuplicates = true
  /// Seed of the first dictionary, of the order of patches, and of replacements.
  public var seed: UInt64 = 1

  /// The defaults for photographs.
  public init() {}

  /// With every nil filled in.
  public var resolved: SparseCodingSettings {
    var resolved = self
    let wantsLargeBatches = rule.entry.wantsLargeBatches
    resolved.solver = chosenSolver
    resolved.updates = updates ?? (wantsLargeBatches ? 100 : 2500)
    resolved.batchSize = batchSize ?? (wantsLargeBatches ? 5000 : 200)
    return resolved
  }

  /// What finds codes: the solver that is given, else the rule's own.
  var chosenSolver: SparseSolverFamily { solver ?? rule.entry.solver }

  /// The learner that these settings describe.
  ///
  /// - Precondition: the settings are valid.
  public var learner: DictionaryLearner {
    let settings = resolved
    return DictionaryLearner(
      sparsity: Float(lambda), isNonnegative: nonnegative,
      solver: chosenSolver.solver(gap: gap, activeAtoms: activeAtoms),
      rule: rule.entry.make(
        RuleEntry.Settings(
          rate: Float(rate), finalRate: Float(finalRate), constraint: filterConstraint)),
      batchSize: settings.batchSize ?? 200, updates: settings.updates ?? 2500,
      replacement: AtomReplacement(
        replacesDead: replacesDead, replacesDuplicates: replacesDuplicates), seed: seed)
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
