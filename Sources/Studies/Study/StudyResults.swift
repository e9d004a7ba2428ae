import Compute
import Evaluation
import Foundation
import Learning

/// A study's finished runs, condition by condition.
public struct StudyResults: Sendable {
  /// What was compared.
  public let study: Study
  let conditions: [ConditionResults]

  /// What the seeds of one condition gave.
  struct ConditionResults: Sendable {
    let condition: Study.Condition
    /// In the order of the seeds; runs that are not finished are missing.
    let runs: [MeasuredRun]

    /// Seeds whose runs are not finished, or diverged.
    var missingSeeds: [UInt64] {
      condition.seeds.filter { seed in !runs.contains { $0.seed == seed } }
    }

    /// The mean over seeds with its 95 % interval; nil where a run has no such number.
    func summary(of measure: Measure) -> SampleSummary? {
      let values = runs.map(measure.value)
      guard !values.isEmpty, values.allSatisfy({ $0?.isFinite == true }) else { return nil }
      return measure.summary(
        of: values.compactMap { $0 }, latents: condition.configuration.method.latents)
    }
  }

  init(study: Study, conditions: [ConditionResults]) {
    self.study = study
    self.conditions = conditions
  }

  /// Reads what the runs left in their folders and matches filters across seeds.
  public init(of study: Study, in folder: StudyFolder, team: ThreadTeam) throws {
    self.study = study
    let chance = ChanceStabilities()
    conditions = try study.conditions.map { condition in
      var records: [(seed: UInt64, record: RunRecord)] = []
      var filters: [Matrix] = []
      for seed in condition.seeds {
        let url = folder.runFolder(condition.name, seed: seed)
        guard FileManager.default.fileExists(atPath: url.path) else { continue }
        let run = try RunFolder(existing: url)
        guard let record = RunRecord(in: run) else { continue }
        records.append((seed, record))
        filters.append(try run.finishedRun().learned.filters)
      }
      let stabilities = filterStabilities(filters, team: team)
      let noise = filters.first.map { chance.stability(filters: $0.rows, pixels: $0.columns) }
      return ConditionResults(
        condition: condition,
        runs: zip(records, stabilities).map {
          MeasuredRun(
            seed: $0.seed, record: $0.record, stability: $1, chanceStability: noise)
        })
    }
  }

  func results(of condition: String) -> ConditionResults? {
    conditions.first { $0.condition.name == condition }
  }
}

/// Mean |cosine| of white noise matched with white noise: it grows with the number of filters.
private final class ChanceStabilities {
  private var known: [[Int]: Double] = [:]

  func stability(filters: Int, pixels: Int) -> Double {
    if let value = known[[filters, pixels]] { return value }
    let matching = FilterMatching(
      NoiseFilters.white(filters: filters, pixels: pixels, seed: 1),
      NoiseFilters.white(filters: filters, pixels: pixels, seed: 2))
    let value = matching.meanSimilarity ?? 0
    known[[filters, pixels]] = value
    return value
  }
}

/// For each set of filters, the mean |cosine| with every other set, matched one to one; nil where
/// there is but one.
func filterStabilities(_ sets: [Matrix], team: ThreadTeam) -> [Double?] {
  let pairs = sets.indices.flatMap { i in sets.indices.filter { $0 > i }.map { (i, $0) } }
  let similarities = team.map(pairs.count) { index in
    FilterMatching(sets[pairs[index].0], sets[pairs[index].1]).meanSimilarity ?? 0
  }
  return sets.indices.map { set in
    let own = zip(pairs, similarities).filter { $0.0.0 == set || $0.0.1 == set }.map(\.1)
    return own.isEmpty ? nil : own.reduce(0, +) / Double(own.count)
  }
}
