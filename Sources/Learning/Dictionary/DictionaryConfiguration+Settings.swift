import Filters
import Settings
import SparseCoding

extension DictionaryConfiguration {
  public static var settings: [Setting<DictionaryConfiguration>] {
    DataSettings.settings.map { $0.within(\.data) }
      + SparseCodingSettings.settings.map { $0.within(\.sparseCoding) }
  }

  public func checkRules() throws(SettingError) {
    let (rule, constraint) = (sparseCoding.rule, sparseCoding.constraint)
    if sparseCoding.finalRate > sparseCoding.rate {
      throw SettingError(
        "sparseCoding.finalRate", sparseCoding.finalRate.form,
        expected: "from 0 to the rate, \(sparseCoding.rate)")
    }
    if !rule.constraints.contains(constraint) {
      throw SettingError(
        "sparseCoding.constraint", constraint.form,
        expected: rule.constraints.map(\.rawValue).joined(separator: ", ")
          + " with the rule \(rule.rawValue)")
    }
  }
}

extension SparseCodingSettings {
  /// The settings `sparseCoding.…`.
  public static var settings: [Setting<SparseCodingSettings>] {
    [
      Setting(
        "sparseCoding.atoms", \.atoms, "Number of atoms, and of filters", in: .from(1, to: 100_000)),
      Setting(
        "sparseCoding.lambda", \.lambda,
        "λ, the weight of |z| against squared error; pixels have variance 1", in: .zeroOrMore),
      Setting("sparseCoding.nonnegative", \.nonnegative, "Restrict codes to z ≥ 0"),
      Setting(
        "sparseCoding.solver", \.solver,
        "What finds codes; conjugate-gradient minimises ½‖x − Φᵀz‖² + λ·Σ log(1 + z²), not the lasso",
        ifNull: rulesOwnSolvers),
      Setting(
        "sparseCoding.gap", \.gap,
        "The relative duality gap that codes are brought to, or a solver's own criterion",
        in: .moreThan(0, lessThan: 1)),
      Setting(
        "sparseCoding.activeAtoms", \.activeAtoms,
        "With pursuits and hard thresholding, which ignore λ: the most active atoms of a patch",
        in: .atLeast(1)),
      Setting(
        "sparseCoding.rule", \.rule,
        "What changes the dictionary: \(rules)"),
      Setting(
        "sparseCoding.rate", \.rate,
        "With gradient: the first rate; 1 is the step to the best filter for the batch",
        in: .moreThan(0, atMost: 100)),
      Setting(
        "sparseCoding.finalRate", \.finalRate, "With gradient: the last rate, at most the first",
        in: .zeroOrMore),
      Setting(
        "sparseCoding.constraint", \.constraint, "What holds the filters' norms",
        in: .oneOf { constraintsOfRules }),
      Setting(
        "sparseCoding.codeVariance", \.codeVariance,
        "With variance-matching: the variance of every code", in: .positive),
      Setting(
        "sparseCoding.updates", \.updates, "Updates of the dictionary",
        in: .from(1, to: 100_000_000), ifNull: "2500, but 100 with \(largeBatchRules)"),
      Setting(
        "sparseCoding.batchSize", \.batchSize, "Patches for each update",
        in: .from(1, to: 1_000_000), ifNull: "200, but 5000 with \(largeBatchRules)"),
      Setting(
        "sparseCoding.replacesDead", \.replacesDead,
        "Replace atoms that 5000 patches did not use by unexplained patches"),
      Setting(
        "sparseCoding.replacesDuplicates", \.replacesDuplicates,
        "Replace atoms nearly equal to others by unexplained patches"),
      Setting(
        "sparseCoding.seed", \.seed,
        "Seed of the first dictionary, of the order of patches, and of replacements"),
    ]
  }

  /// "a gradient step, …, or K-SVD"
  private static var rules: String {
    let summaries = DictionaryRules.all.elements.map(\.summary)
    return summaries.dropLast().joined(separator: ", ") + ", or " + (summaries.last ?? "")
  }

  /// "active-set, but orthogonal-matching-pursuit with k-svd"
  private static var rulesOwnSolvers: String {
    let others = DictionaryRuleFamily.allCases.filter { $0.entry.solver != .activeSet }
    return SparseSolverFamily.activeSet.rawValue
      + others.map { ", but \($0.entry.solver.rawValue) with \($0.rawValue)" }.joined()
  }

  /// "mod and k-svd"
  private static var largeBatchRules: String {
    DictionaryRuleFamily.allCases.filter(\.entry.wantsLargeBatches).map(\.rawValue)
      .joined(separator: " and ")
  }

  /// The constraints that any rule takes.
  private static var constraintsOfRules: [ConstraintFamily] {
    ConstraintFamily.allCases.filter { constraint in
      DictionaryRules.all.elements.contains { $0.takes(constraint) }
    }
  }
}
