import ArgumentParser
import Learning

/// What learning a dictionary can be told. Each option overrides the configuration file.
struct SparseCodeOptions: LearningOptions {
  typealias Option = ArgumentParser.Option<Given<DictionaryConfiguration>?>

  @OptionGroup var layers: SettingOptions
  @OptionGroup var patches: PatchOptions

  @Option("sparseCoding.atoms") var atoms

  @Option("sparseCoding.lambda") var lambda

  @Flag(help: .flag("sparseCoding.nonnegative", of: DictionaryConfiguration.self))
  var nonnegative = false

  @Option("sparseCoding.solver") var solver

  @Option("sparseCoding.gap") var gap

  @Option("sparseCoding.activeAtoms") var activeAtoms

  @Option("sparseCoding.rule") var rule

  @Option("sparseCoding.rate") var learningRate

  @Option("sparseCoding.constraint") var constraint

  @Option("sparseCoding.codeVariance") var codeVariance

  @Option("sparseCoding.updates") var updates

  @Option("sparseCoding.batchSize", name: .customLong("batch")) var batchSize

  @Flag(
    inversion: .prefixedNo,
    help: "Replace dead and duplicate atoms by unexplained patches. (default: --replace)")
  var replace: Bool?

  @Option("sparseCoding.seed", "data.seed", help: "Seed of everything random") var seed

  var given: [Given<DictionaryConfiguration>?] {
    patches.given(to: DictionaryConfiguration.self) + [
      atoms, lambda, Given("sparseCoding.nonnegative", flag: nonnegative ? true : nil), solver, gap,
      activeAtoms, rule, rate, constraint, codeVariance, updates, batchSize,
      Given("sparseCoding.replacesDead", "sparseCoding.replacesDuplicates", flag: replace), seed,
    ]
  }

  /// The last rate is at most the first.
  private var rate: Given<DictionaryConfiguration>? {
    learningRate.map { learningRate in
      Given {
        learningRate.change(&$0)
        $0.sparseCoding.finalRate = min($0.sparseCoding.finalRate, $0.sparseCoding.rate)
      }
    }
  }
}
