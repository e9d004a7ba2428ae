import Foundation
import ImageData
import Learning

/// A comparison of runs: conditions, each trained from several seeds on the same data.
///
/// A value in which everything is resolved; `StudyFile` reads it from YAML.
public struct Study: Codable, Hashable, Sendable {
  /// Heads the report.
  public var title: String
  /// What is to be seen, a sentence or two.
  public var claim: String
  /// What is said about the data's origin: where photographs were wanted and leaves were generated.
  public var dataNote: String?
  /// The ways to train that are compared.
  public var conditions: [Condition]
  /// The two conditions that the claim is about; nil where there is none.
  public var contrast: Contrast?

  /// One way to train.
  public struct Condition: Codable, Hashable, Sendable {
    /// A short word, part of folder names.
    public var name: String
    /// What it differs in from the study's default: "constraint", "batch size".
    public var factor: String
    /// For people.
    public var title: String
    /// A run each.
    public var seeds: [UInt64]
    /// The run's configuration, but for the seed.
    public var configuration: MethodConfiguration

    /// The configuration of the run from one seed.
    ///
    /// The seed decides the parameters' start, the shuffling and the posterior's noise. The data
    /// stays, so that runs of one seed are pairs.
    public func configuration(seed: UInt64) -> MethodConfiguration {
      var configuration = configuration
      configuration.method.seed = seed
      return configuration
    }
  }

  /// The two conditions that the claim is about.
  public struct Contrast: Codable, Hashable, Sendable {
    /// The name of the condition that is compared with.
    public var from: String
    /// The name of the condition that the claim speaks of.
    public var to: String
    /// The measure that the claim is about, by its key in the table.
    public var measure = "activeFilters"
    /// What the claim expects of `to`, compared with `from`; nil gives no verdict.
    public var expects: Measure.Direction?
  }

  /// Every run of the study.
  public var runs: [(condition: Condition, seed: UInt64)] {
    // Seed after seed, so that a study that is stopped has seen every condition.
    let most = conditions.map(\.seeds.count).max() ?? 0
    return (0..<most).flatMap { turn in
      conditions.filter { turn < $0.seeds.count }.map { ($0, $0.seeds[turn]) }
    }
  }

  /// The condition of this name.
  public func condition(_ name: String) -> Condition? {
    conditions.first { $0.name == name }
  }
}
