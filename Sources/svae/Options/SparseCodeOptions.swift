import ArgumentParser
import Filters
import Foundation
import ImageData
import Runs

extension SparseSolverFamily: ExpressibleByArgument {}
extension DictionaryRuleFamily: ExpressibleByArgument {}

/// Defaults for the help's text.
private let defaults = DictionaryConfiguration.defaults(for: .cut)
private let smallImageDefaults = DictionaryConfiguration.defaults(for: .whole)

/// What learning a dictionary can be told. Each option overrides the configuration file.
struct SparseCodeOptions: LearningOptions {
  @Option(
    help: ArgumentHelp("A YAML file with settings, as config.yaml in a run.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting of the configuration, such as sparseCoding.finalRate=0.02; may be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  @OptionGroup var patches: PatchOptions

  @Option(
    help: ArgumentHelp(
      "Leave out patches with less than this share of the mean variance, such as 0.1.",
      valueName: "share"))
  var rejectVarianceBelow: Double?

  @Flag(help: "Leave out files that cannot be read, and list them.")
  var skipUnreadable = false

  @Flag var luminance: Luminance?

  @OptionGroup var arrays: ArrayOptions

  @Option(
    help: """
      Number of atoms, and of filters. (default: \(defaults.sparseCoding.atoms); \
      \(smallImageDefaults.sparseCoding.atoms) for small images such as digits)
      """)
  var atoms: Int?

  @Option(
    help: """
      λ, the weight of |z| against squared error; pixels have variance 1. \
      (default: \(defaults.sparseCoding.lambda))
      """)
  var lambda: Double?

  @Flag(help: "Codes are not negative.")
  var nonnegative = false

  @Option(
    help: "What finds codes. (default: active-set; orthogonal-matching-pursuit with k-svd)")
  var solver: SparseSolverFamily?

  @Option(
    help: """
      The relative duality gap that codes are brought to. (default: \(defaults.sparseCoding.gap))
      """)
  var gap: Double?

  @Option(
    help: """
      With pursuits and hard thresholding, which do not know λ: the most active atoms of a patch. \
      (default: \(defaults.sparseCoding.activeAtoms))
      """)
  var activeAtoms: Int?

  @Option(
    help: """
      What changes the dictionary: a gradient step, online learning (Mairal et al. 2009), the \
      method of optimal directions, or K-SVD. (default: \(defaults.sparseCoding.rule.rawValue))
      """)
  var rule: DictionaryRuleFamily?

  @Option(
    help: """
      With gradient: the first rate; 1 is the step to the best filter for the batch. \
      (default: \(defaults.sparseCoding.rate))
      """)
  var learningRate: Double?

  @Option(
    help: """
      What holds the filters' norms. (default: \(defaults.sparseCoding.constraint.rawValue))
      """)
  var constraint: DictionaryConstraint?

  @Option(
    help: """
      With variance-matching: the variance of every code. \
      (default: \(defaults.sparseCoding.codeVariance))
      """)
  var codeVariance: Double?

  @Option(help: "Updates of the dictionary. (default: 2500; 100 with mod and k-svd)")
  var updates: Int?

  @Option(
    name: .customLong("batch"),
    help: "Patches for each update. (default: 200; 5000 with mod and k-svd)")
  var batchSize: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Replace dead and duplicate atoms by unexplained patches. (default: --replace)")
  var replace: Bool?

  @Option(help: "Seed of everything random. (default: \(defaults.sparseCoding.seed))")
  var seed: UInt64?

  func apply(to configuration: inout DictionaryConfiguration) {
    func set<Value>(
      _ path: WritableKeyPath<DictionaryConfiguration, Value>, _ value: Value?
    ) {
      if let value { configuration[keyPath: path] = value }
    }
    patches.apply(to: &configuration.data.preparation)
    if let rejectVarianceBelow {
      configuration.data.preparation.rejectsVarianceBelow = rejectVarianceBelow
    }
    set(\.data.preparation.skipsUnreadable, skipUnreadable ? true : nil)
    set(\.data.preparation.luminance, luminance)
    arrays.apply(to: &configuration.data.preparation)
    set(\.data.preparation.seed, seed)
    set(\.sparseCoding.atoms, atoms)
    set(\.sparseCoding.lambda, lambda)
    set(\.sparseCoding.nonnegative, nonnegative ? true : nil)
    if let solver { configuration.sparseCoding.solver = solver }
    set(\.sparseCoding.gap, gap)
    set(\.sparseCoding.activeAtoms, activeAtoms)
    set(\.sparseCoding.rule, rule)
    set(\.sparseCoding.rate, learningRate)
    let finalRate = configuration.sparseCoding.finalRate
    set(\.sparseCoding.finalRate, learningRate.map { min($0, finalRate) })
    set(\.sparseCoding.constraint, constraint?.family)
    set(\.sparseCoding.codeVariance, codeVariance)
    if let updates { configuration.sparseCoding.updates = updates }
    if let batchSize { configuration.sparseCoding.batchSize = batchSize }
    set(\.sparseCoding.replacesDead, replace)
    set(\.sparseCoding.replacesDuplicates, replace)
    set(\.sparseCoding.seed, seed)
  }
}

/// A constraint that dictionaries are learned under, by its name.
struct DictionaryConstraint: ExpressibleByArgument {
  let family: ConstraintFamily

  init?(argument: String) {
    guard let family = ConstraintFamily(rawValue: argument),
      Self.allValueStrings.contains(argument)
    else { return nil }
    self.family = family
  }

  static var allValueStrings: [String] { DictionaryRuleFamily.gradient.constraints.map(\.rawValue) }
}
