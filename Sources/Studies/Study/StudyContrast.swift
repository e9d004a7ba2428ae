import Evaluation
import Foundation
import Learning

/// The study's main contrast: each measure of two conditions, compared over the seeds they share.
public struct StudyContrast: Sendable {
  let contrast: Study.Contrast
  let from: Study.Condition
  let to: Study.Condition
  let rows: [Row]
  /// Seeds in pairs.
  let pairs: Int

  /// One measure's comparison.
  struct Row: Sendable {
    let measure: Measure
    let from: SampleSummary
    let to: SampleSummary
    /// to − from; nil with fewer than two pairs.
    let test: PairedTTest?
  }

  /// Nil where the study has no contrast, or no seed's run is finished in both conditions.
  public init?(_ results: StudyResults) {
    guard let contrast = results.study.contrast, let from = results.results(of: contrast.from),
      let to = results.results(of: contrast.to)
    else { return nil }
    let pairs = from.runs.compactMap { run in
      to.runs.first { $0.seed == run.seed }.map { (run, $0) }
    }
    if pairs.isEmpty { return nil }
    self.contrast = contrast
    self.from = from.condition
    self.to = to.condition
    self.pairs = pairs.count
    rows = Measure.inTables.compactMap { measure in
      let a = pairs.map { measure.value($0.0) }
      let b = pairs.map { measure.value($0.1) }
      guard (a + b).allSatisfy({ $0?.isFinite == true }) else { return nil }
      let (first, second) = (a.compactMap { $0 }, b.compactMap { $0 })
      return Row(
        measure: measure,
        from: measure.summary(of: first, latents: from.condition.configuration.method.latents),
        to: measure.summary(of: second, latents: to.condition.configuration.method.latents),
        test: pairs.count > (measure.isOfPairs ? 2 : 1) ? PairedTTest(second, first) : nil)
    }
  }

  /// The comparison of the measure that the claim is about.
  var main: Row? { row(contrast.measure) }

  func row(_ name: String) -> Row? { rows.first { $0.measure.name == name } }

  /// One object a measure: both means, the difference with its 95 % interval, t, p and Cohen's d_z.
  public func json() throws -> String {
    func number(_ value: Double?) -> Any { value.flatMap { $0.isFinite ? $0 : nil } ?? NSNull() }
    var measures: [String: Any] = [:]
    for row in rows {
      measures[row.measure.name] = [
        "from": row.from.mean, "to": row.to.mean, "difference": row.to.mean - row.from.mean,
        "low": number(row.test?.difference.low), "high": number(row.test?.difference.high),
        "t": number(row.test?.t), "p": number(row.test?.pValue),
        "cohensD": number(row.test?.cohensD),
      ]
    }
    let object: [String: Any] = [
      "from": from.name, "to": to.name, "pairs": pairs, "measures": measures,
    ]
    return try jsonText(object)
  }
}
