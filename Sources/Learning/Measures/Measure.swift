import Evaluation

/// One number of a finished run: its name in JSON and CSV, its heading in tables, what it means.
///
/// The console's table, `svae evaluate --json`, studies' tables, reports and their glossary are all
/// made of the one ordered list `Measure.all`.
public struct Measure: Sendable {
  /// Which way is better.
  public enum Direction: String, Codable, CaseIterable, Sendable {
    /// The more, the better.
    case more
    /// The less, the better.
    case less
  }

  /// Its key in JSON and CSV: a contract.
  public let name: String
  /// Heads a column, without the unit.
  public let title: String
  /// "nats", "dB"; nil for pure numbers.
  public let unit: String?
  /// Nil where neither is.
  public let better: Direction?
  /// What it is, for whoever does not know the word.
  public let meaning: String
  /// Digits after the decimal point.
  public let decimals: Int
  /// Whether a single run's value is a whole number.
  public let isCount: Bool
  /// Where it is shown.
  let places: Places
  /// Where its line is drawn, in JSON under `<name>Threshold`; nil for what has none.
  let threshold: (@Sendable (ActivityThresholds) -> Double)?
  let source: Source

  /// Where measures are shown.
  struct Places: OptionSet, Sendable {
    let rawValue: Int
    /// `svae evaluate`, on the console and as JSON.
    static let evaluation = Places(rawValue: 1)
    /// Studies' tables, reports and comparisons.
    static let tables = Places(rawValue: 2)
    /// The report's main table.
    static let main = Places(rawValue: 4)
    static let both: Places = [.evaluation, .tables]
    static let everywhere: Places = [.evaluation, .tables, .main]
  }

  init(
    _ name: String, _ title: String, unit: String? = nil, better: Direction? = nil,
    decimals: Int = 1, isCount: Bool = false, in places: Places = .both,
    threshold: (@Sendable (ActivityThresholds) -> Double)? = nil, _ meaning: String,
    _ source: Source
  ) {
    self.name = name
    self.title = title
    self.unit = unit
    self.better = better
    self.decimals = decimals
    self.isCount = isCount
    self.places = places
    self.meaning = meaning
    self.threshold = threshold
    self.source = source
  }

  /// A measure of a method's own, which it puts into `FilterEvaluation.others` under this name.
  ///
  /// It stands in `svae evaluate`, in studies' tables and in reports.
  public static func other(
    _ name: String, _ title: String, unit: String? = nil, better: Direction? = nil,
    decimals: Int = 3, meaning: String
  ) -> Measure {
    Measure(
      name, title, unit: unit, better: better, decimals: decimals, in: .everywhere, meaning,
      Source { evaluation in evaluation.others[name].map { $0.isFinite ? $0 : nil } })
  }

  /// The measures of every method, in order.
  public static var all: [Measure] { common + LearningMethods.all.elements.flatMap(own) }

  private static func own(_ method: any LearningMethod.Type) -> [Measure] { method.measures }

  /// The measure of this name.
  package static func named(_ name: String) -> Measure? { all.first { $0.name == name } }

  /// The measures that studies, comparisons and reports show.
  package static var inTables: [Measure] { all.filter { $0.places.contains(.tables) } }

  /// Whether the report's main table shows it.
  package var isMain: Bool { places.contains(.main) }

  /// The heading with the unit: "SNR (dB)".
  package var heading: String { title + (unit.map { " (\($0))" } ?? "") }

  /// The value; nil where it is undefined, or no measure of such a model.
  public func value(of evaluation: FilterEvaluation) -> Double? { source.value(evaluation) ?? nil }

  /// The value; nil where it is undefined, or no measure of such a model.
  package func value(_ run: MeasuredRun) -> Double? {
    source.compared.map { $0(run) } ?? run.record.summary[name]
  }

  /// Whether a run's value is made of pairs of runs. With two runs both values are then one number,
  /// which has no interval.
  package var isOfPairs: Bool { name == "stability" }

  /// The mean of runs' values with its 95 % interval.
  ///
  /// - Parameter latents: K, which no count exceeds.
  package func summary(of values: [Double], latents: Int) -> SampleSummary {
    SampleSummary(
      of: isOfPairs && values.count < 3 ? Array(values.prefix(1)) : values,
      within: possible(latents: latents))
  }

  /// What the measure can be: no interval goes beyond.
  private func possible(latents: Int) -> ClosedRange<Double> {
    if isCount { return 0...Double(latents) }
    switch name {
    case "stability", "stabilityChance", "hoyer", "gaborMedianRSquared", "zeroShare": return 0...1
    case "l0": return 0...Double(latents)
    case "seconds", "normLeast", "normMean", "normGreatest", "noiseScale", "priorScale", "lambda",
      "temperature", "kl", "amortizationGap":
      return 0 ... .infinity
    default: return -.infinity ... .infinity
    }
  }
}

extension Measure {
  /// Where a measure's value comes from.
  struct Source: Sendable {
    /// Nil where a model has no such number; a value of nil where it has, but undefined.
    var value: @Sendable (FilterEvaluation) -> Double??
    /// The value of a run among others, where that is not its evaluation's.
    var compared: (@Sendable (MeasuredRun) -> Double?)?

    /// Of every model.
    static func any(_ value: @escaping @Sendable (FilterEvaluation) -> Double?) -> Source {
      Source { .some(value($0)) }
    }

    /// Of models with a posterior.
    static func posterior(_ value: @escaping @Sendable (PosteriorMeasures) -> Double?) -> Source {
      Source { $0.posterior.map(value) }
    }

    /// Of sparse codes that a solver finds.
    static func coding(
      _ value: @escaping @Sendable (FilterEvaluation, CodingMeasures) -> Double?
    ) -> Source {
      Source { evaluation in evaluation.coding.map { value(evaluation, $0) } }
    }

    /// Of runs, not of evaluations.
    static func run(_ value: @escaping @Sendable (MeasuredRun) -> Double?) -> Source {
      Source(value: { _ in nil }, compared: value)
    }

    /// The same with another value among other runs.
    func compared(_ value: @escaping @Sendable (MeasuredRun) -> Double?) -> Source {
      Source(value: self.value, compared: value)
    }
  }
}

extension [Bool] {
  /// How many are true.
  package var trues: Double { Double(count { $0 }) }
}

/// A finished run among the others of its condition.
package struct MeasuredRun: Sendable {
  package let seed: UInt64
  package let record: RunRecord
  /// Mean |cosine| of this run's filters with those of the other seeds, matched one to one; nil for
  /// a single seed.
  package let stability: Double?
  /// The same of white noise in place of filters: what matching alone gives.
  package let chanceStability: Double?

  package init(seed: UInt64, record: RunRecord, stability: Double?, chanceStability: Double?) {
    self.seed = seed
    self.record = record
    self.stability = stability
    self.chanceStability = chanceStability
  }

  /// A run by itself.
  package init(_ record: RunRecord) {
    self.init(seed: 0, record: record, stability: nil, chanceStability: nil)
  }

  package var norms: [Double] { record.filters.map(\.norm) }
}
