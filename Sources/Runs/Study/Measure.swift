import Evaluation

/// One number of a finished run, with its name in tables, JSON and CSV.
///
/// A new measure is one more line in `all`.
struct Measure: Sendable {
  /// Its key in JSON and CSV: a contract.
  let key: String
  /// Heads a column.
  let title: String
  let decimals: Int
  /// Whether a single run's value is a whole number.
  let isCount: Bool
  /// Whether the report's main table shows it.
  let isMain: Bool
  /// Whether a run's value is made of pairs of runs. With two runs both values are then one number,
  /// which has no interval.
  var isOfPairs: Bool { key == "stability" }
  let value: @Sendable (MeasuredRun) -> Double?

  init(
    _ key: String, _ title: String, decimals: Int = 1, main: Bool = false,
    isCount: Bool = false, _ value: @escaping @Sendable (MeasuredRun) -> Double?
  ) {
    self.key = key
    self.title = title
    self.decimals = decimals
    isMain = main
    self.isCount = isCount
    self.value = value
  }

  /// Nil stands for what is undefined: Gabor fits of digits, the likelihood of a dictionary.
  static let all: [Measure] = [
    count("activeFilters", "active filters", main: true) { $0.activeFilters },
    count("gaborLike", "Gabor-like", main: true) { $0.gaborLike },
    count("gaborLikeStrict", "Gabor-like, R² ≥ 0.8", main: true) { $0.gaborLikeStrict },
    Measure("gaborMedianRSquared", "median R²", decimals: 2) {
      $0.record.summary.gaborMedianRSquared
    },
    count("spikes", "spikes", main: true) { $0.spikes },
    count("duplicates", "duplicates", main: true) { $0.duplicates },
    count("noiseLike", "noise-like") { $0.noiseLike },
    count("informative", "informative", main: true) { $0.model?.informative },
    count("strong", "strong") { $0.model?.strong },
    count("activeUnits", "active units") { $0.model?.activeUnits },
    count("activeUnitsScaleFree", "active units, scale-free") { $0.model?.activeUnitsScaleFree },
    count("klActive", "KL > 0.1 nat", main: true) { $0.model?.klActive },
    number("elbo", "ELBO (nats)", 2) { $0.model?.elbo },
    number("negativeElbo", "−ELBO (nats)", 1, main: true) { $0.model.map { -$0.elbo } },
    number("negativeLogLikelihood", "NLL (nats)", 1, main: true) {
      $0.model?.negativeLogLikelihood
    },
    number("kl", "KL (nats)", 1, main: true) { $0.model?.kl },
    number("snrDecibels", "SNR (dB)", 2, main: true) { $0.snrDecibels },
    number("l0", "L0 (latents)", 1) { $0.significantCodes },
  ] + EqualSparsity.counts.map { count in
    Measure("snrDecibelsAt\(count)", "SNR of \(count) codes (dB)", decimals: 2) { run in
      run.record.equalSparsity?.first { $0.count == count }?.snrDecibels
    }
  } + [
    Measure("amortizationGap", "gap to the best code (nats)", decimals: 2) {
      $0.record.amortization?.gap
    },
    Measure("kurtosis", "excess kurtosis", decimals: 1) { $0.record.summary.kurtosis },
    Measure("hoyer", "Hoyer sparsity", decimals: 3) { $0.record.summary.hoyer },
    Measure("normLeast", "least norm", decimals: 3) { $0.norms.min() },
    Measure("normMean", "mean norm", decimals: 3, main: true) { run in
      run.norms.isEmpty ? nil : run.norms.reduce(0, +) / Double(run.norms.count)
    },
    Measure("normGreatest", "greatest norm", decimals: 3) { $0.norms.max() },
    number("noiseScale", "σ", 3) { $0.model?.noiseScale },
    number("priorScale", "s", 3) { $0.model?.priorScale },
    number("lambda", "λ", 2) { $0.lambda },
    number("temperature", "temperature", 3) { $0.model?.temperature },
    Measure("stability", "stability", decimals: 3, main: true) { $0.stability },
    Measure("stabilityChance", "stability of noise", decimals: 3, main: true) {
      $0.chanceStability
    },
    Measure("seconds", "seconds", decimals: 0, main: true) { $0.record.seconds },
  ]

  /// The measure of this key.
  static func named(_ key: String) -> Measure? { all.first { $0.key == key } }

  /// The mean of runs' values with its 95 % interval.
  func summary(of values: [Double]) -> SampleSummary {
    SampleSummary(of: isOfPairs && values.count < 3 ? Array(values.prefix(1)) : values)
  }

  private static func count(
    _ key: String, _ title: String, main: Bool = false,
    _ value: @escaping @Sendable (RunSummary) -> Int?
  ) -> Measure {
    Measure(key, title, main: main, isCount: true) {
      value($0.record.summary).map(Double.init)
    }
  }

  private static func number(
    _ key: String, _ title: String, _ decimals: Int, main: Bool = false,
    _ value: @escaping @Sendable (RunSummary) -> Double?
  ) -> Measure {
    Measure(key, title, decimals: decimals, main: main) { value($0.record.summary) }
  }
}

/// A finished run among the others of its condition.
struct MeasuredRun: Sendable {
  let seed: UInt64
  let record: RunRecord
  /// Mean |cosine| of this run's filters with those of the other seeds, matched one to one; nil for
  /// a single seed.
  let stability: Double?
  /// The same of white noise in place of filters: what matching alone gives.
  let chanceStability: Double?

  init(seed: UInt64, record: RunRecord, stability: Double?, chanceStability: Double?) {
    self.seed = seed
    self.record = record
    self.stability = stability
    self.chanceStability = chanceStability
  }

  /// A run by itself.
  init(_ record: RunRecord) {
    self.init(seed: 0, record: record, stability: nil, chanceStability: nil)
  }

  var norms: [Double] { record.filters.map(\.norm) }
}
