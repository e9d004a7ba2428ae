import Compute
import Evaluation
import Foundation
import ImageData
import Learning

/// A finished run in a report, with its siblings from other seeds.
struct ReportSubject: Sendable {
  var title: String
  /// The run that is shown: the first seed's.
  var record: RunRecord
  var method: any LearningMethod
  /// Φ, `[latents, pixels]`, of the run that is shown.
  var filters: Matrix
  /// The course of training, one table for each seed.
  var courses: [MetricsTable]
  /// The mosaic's order.
  var order: [Int]

  init(title: String, record: RunRecord, folder: RunFolder, siblings: [RunFolder] = []) throws {
    self.title = title
    self.record = record
    let run = try folder.finishedRun()
    (method, filters) = (run.method, run.learned.filters)
    courses = try ([folder] + siblings).map { try run.method.metrics(in: $0) }
    order = FilterOrder.activity.order(
      of: filters, active: record.filters.map(\.isActive), use: record.filters.map(\.use),
      patch: ImageSize(height: record.data.patchHeight, width: record.data.patchWidth))
  }

  /// Orders the filters as those of `other` that they match; those without a partner come last.
  mutating func align(with other: ReportSubject, by matching: FilterMatching) {
    let partners = Dictionary(
      matching.pairs.map { ($0.first, $0.second) }, uniquingKeysWith: { a, _ in a })
    let matched = other.order.compactMap { partners[$0] }
    let isMatched = Set(matched)
    order = matched + order.filter { !isMatched.contains($0) }
  }
}

/// All that a report's figures are drawn from.
struct ReportContent: Sendable {
  /// Every model that a mosaic is shown of; the first ones are the main ones.
  var subjects: [ReportSubject]
  /// How many of the subjects the charts compare.
  var mainCount: Int
  /// A study's conditions with their intervals; empty for single runs.
  var conditions: [StudyResults.ConditionResults] = []

  var main: [ReportSubject] { Array(subjects.prefix(mainCount)) }
}
