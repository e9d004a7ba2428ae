/// Which of the main contrast's two constraints gives the better test ELBO, in sentences that follow
/// the numbers.
///
/// At the contrast's own scales free filters can widen the prior and filters of unit norm cannot. So
/// each constraint is also taken at its best: with the λ, prior or learned scale of whichever
/// condition has the least −ELBO, among those with the same data and as many latents.
struct LikelihoodFinding {
  private let from: Entry
  private let to: Entry
  private let bestFrom: Entry
  private let bestTo: Entry

  /// A condition and its mean test −ELBO.
  private struct Entry {
    let condition: Study.Condition
    let negativeELBO: Double

    /// "no constraint (109.8 nats)"
    func text(_ measure: Measure) -> String {
      "\(condition.title) (\(measure.text(negativeELBO)) nats)"
    }
  }

  private static let measure = Measure.named("negativeElbo")

  /// Nil where the contrast is not of two constraints, or has no test ELBO.
  init?(_ results: StudyResults) {
    guard let measure = Self.measure, let contrast = results.study.contrast else { return nil }
    let entries = results.conditions.compactMap { results in
      results.summary(of: measure).map {
        Entry(condition: results.condition, negativeELBO: $0.mean)
      }
    }
    func entry(_ name: String) -> Entry? { entries.first { $0.condition.name == name } }
    func best(like entry: Entry) -> Entry? {
      entries.filter { Self.areComparable($0.condition, entry.condition) }
        .min { $0.negativeELBO < $1.negativeELBO }
    }
    guard let from = entry(contrast.from), let to = entry(contrast.to),
      from.condition.configuration.svae?.model.constraint
        != to.condition.configuration.svae?.model.constraint,
      let bestFrom = best(like: from), let bestTo = best(like: to)
    else { return nil }
    (self.from, self.to, self.bestFrom, self.bestTo) = (from, to, bestFrom, bestTo)
  }

  /// Whether two conditions have the same constraint, data and number of latents.
  private static func areComparable(_ a: Study.Condition, _ b: Study.Condition) -> Bool {
    guard let first = a.configuration.svae, let second = b.configuration.svae else { return false }
    return first.model.constraint == second.model.constraint
      && first.model.latents == second.model.latents && first.data == second.data
  }

  var html: HTML {
    element("p", ["class": "finding"]) { HTML(text) }
  }

  /// "In test −ELBO no constraint (109.8 nats) is better than unit norm (521.7 nats). …"
  var text: String {
    let own = "In test −ELBO \(comparison(from, to))."
    if bestFrom.condition == from.condition && bestTo.condition == to.condition { return own }
    return own + " At each constraint’s best of the conditions below, "
      + "\(comparison(bestFrom, bestTo))."
  }

  private func comparison(_ a: Entry, _ b: Entry) -> String {
    guard let measure = Self.measure else { return "" }
    let (better, worse) = a.negativeELBO <= b.negativeELBO ? (a, b) : (b, a)
    return "\(better.text(measure)) is better than \(worse.text(measure))"
  }
}
