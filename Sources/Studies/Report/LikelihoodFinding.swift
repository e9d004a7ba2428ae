import Learning

/// Which of the main contrast's two constraints gives the better test ELBO, in sentences that follow
/// the numbers.
///
/// At the contrast's own scales free filters can widen the prior and filters of unit norm cannot. So
/// each constraint is also taken at its best: with the λ, prior or learned scale of whichever
/// condition has the least −ELBO, among those with the same data, as many latents and noise in the
/// same directions.
struct LikelihoodFinding {
  private let from: Entry
  private let to: Entry
  private let bestFrom: Entry
  private let bestTo: Entry

  /// A condition's model and its mean test −ELBO.
  private struct Entry {
    let name: String
    let method: any LearningMethod
    let negativeELBO: Double
    /// "no constraint (109.8 nats)"
    let text: String

    /// Nil without a likelihood, and without a finished run.
    init?(_ results: StudyResults.ConditionResults) {
      guard let measure = Measure.named("negativeElbo"),
        let summary = results.summary(of: measure)
      else { return nil }
      name = results.condition.name
      method = results.condition.configuration.method
      negativeELBO = summary.mean
      text = "\(results.condition.title) (\(measure.text(summary.mean)) nats)"
    }

    /// A learned gain frees the norm that weight normalisation fixes.
    func hasConstraint(of other: Entry) -> Bool {
      let (a, b) = (method.brief, other.method.brief)
      return a.constraint == b.constraint && a.learnsGain == b.learnsGain
    }

    /// The least −ELBO with this one's constraint, data, number of latents and shape of noise.
    func best(among entries: [Entry]) -> Entry {
      let comparable = entries.filter {
        $0.hasConstraint(of: self) && $0.method.data == method.data
          && $0.method.latents == method.latents && $0.method.brief.noise == method.brief.noise
      }
      return comparable.min { $0.negativeELBO < $1.negativeELBO } ?? self
    }
  }

  /// Nil where the contrast is not of two constraints, or has no test ELBO.
  init?(_ results: StudyResults) {
    let entries = results.conditions.compactMap(Entry.init)
    guard let contrast = results.study.contrast,
      let from = entries.first(where: { $0.name == contrast.from }),
      let to = entries.first(where: { $0.name == contrast.to }), !from.hasConstraint(of: to)
    else { return nil }
    self.from = from
    self.to = to
    bestFrom = from.best(among: entries)
    bestTo = to.best(among: entries)
  }

  /// "In test −ELBO no constraint (109.8 nats) is better than unit norm (521.7 nats). …"
  var text: String {
    let own = "In test −ELBO \(Self.comparison(from, to))."
    if bestFrom.name == from.name && bestTo.name == to.name { return own }
    return own + " At each constraint’s best of the conditions below, "
      + "\(Self.comparison(bestFrom, bestTo))."
  }

  private static func comparison(_ a: Entry, _ b: Entry) -> String {
    let (better, worse) = a.negativeELBO <= b.negativeELBO ? (a, b) : (b, a)
    return "\(better.text) is better than \(worse.text)"
  }
}
