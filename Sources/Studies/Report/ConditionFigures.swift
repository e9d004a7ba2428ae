import Evaluation
import Figures
import Learning

extension ReportFigure {
  /// Active filters of every condition.
  static let activeByCondition = ReportFigure(
    name: "active-by-condition",
    title: "Active filters in every condition",
    caption: "Share of all filters, mean and 95 % interval over seeds; of two seeds, both values."
  ) { content in
    let shown = content.conditions.filter { !$0.runs.isEmpty }
    guard shown.count > 1 else { return nil }
    let series = ["activeFilters", "informative"].compactMap(Measure.named).map { measure in
      BarChart.Series(
        name: measure.title, estimates: shown.map { estimate($0, measure, percent: true) })
    }
    return BarChart(
      conditions: shown.map(\.condition.title), series: series,
      x: Axis("filters", unit: "% of all", range: 0...100), reference: 100)
  }

  /// What the conditions' filters cost in likelihood, or gain.
  static let likelihoodAndFilters = ReportFigure(
    name: "likelihood-and-filters",
    title: "Likelihood and filters",
    caption: """
      Every condition that has a likelihood, of noise like the first’s: active filters to the \
      right are more, test \u{2212}ELBO further down is better. Means over seeds; names where there is room.
      """
  ) { content in
    guard let filters = Measure.named("activeFilters"), let cost = Measure.named("negativeElbo")
    else { return nil }
    let noise = content.conditions.lazy
      .compactMap(\.condition.configuration.method.brief.noise).first
    var constraints: [String] = []
    var points: [String: [ScatterPlot.Named]] = [:]
    for results in content.conditions {
      guard let cost = results.summary(of: cost)?.mean,
        let constraint = results.condition.configuration.method.brief.constraint,
        results.condition.configuration.method.brief.noise == noise
      else { continue }
      if points[constraint] == nil { constraints.append(constraint) }
      points[constraint, default: []].append(
        .init(
          name: results.condition.title, x: estimate(results, filters, percent: true).mean,
          y: cost))
    }
    let series = constraints.map {
      ScatterPlot.Series(name: $0 == "none" ? "no constraint" : $0, points: points[$0] ?? [])
    }
    let costs = series.flatMap { $0.points.map(\.y) }
    guard costs.count > 2, let least = costs.min(), let greatest = costs.max() else { return nil }
    return ScatterPlot(
      series: series, x: Axis("active filters", unit: "% of all", range: -3...103),
      y: Axis(
        "test \u{2212}ELBO", unit: "nats", scale: least > 0 ? .logarithmic : .linear,
        range: least > 0 ? least / 1.15...greatest * 1.15 : nil),
      size: Size(width: 480, height: 330))
  }

  /// The main conditions by each definition of an active filter.
  static let definitions = ReportFigure(
    name: "definitions",
    title: "The same filters by each definition",
    caption: """
      Several common definitions count filters that are noise; \u{201C}active\u{201D} here wants a \
      filter to be informative, not noise-like, and no single pixel.
      """
  ) { content in
    let measures = [
      "activeFilters", "informative", "strong", "activeUnits", "klActive", "gaborLike",
      "gaborLikeStrict",
    ].compactMap(Measure.named)
    let rows: [(String, [Estimate])] =
      content.conditions.isEmpty
      ? content.main.map { subject in
        let run = MeasuredRun(subject.record)
        return (subject.title, measures.map { Estimate($0.value(run) ?? .nan) })
      }
      : content.main.compactMap { subject in
        content.conditions.first { $0.condition.title == subject.title }
          .map { results in (subject.title, measures.map { estimate(results, $0) }) }
      }
    // A definition that applies to none of them has no row.
    let defined = measures.indices.filter { index in
      rows.contains { $0.1[index].mean.isFinite }
    }
    if rows.isEmpty || defined.isEmpty { return nil }
    return BarChart(
      conditions: defined.map { measures[$0].heading },
      series: rows.map { row in .init(name: row.0, estimates: defined.map { row.1[$0] }) },
      x: Axis("filters", isInteger: true))
  }
}

private func estimate(
  _ results: StudyResults.ConditionResults, _ measure: Measure?, percent: Bool = false
) -> Estimate {
  guard let measure, let summary = results.summary(of: measure) else { return Estimate(.nan) }
  let scale = percent ? 100 / Double(results.condition.configuration.method.latents) : 1
  return Estimate(
    mean: summary.mean * scale, low: (summary.low ?? summary.mean) * scale,
    high: (summary.high ?? summary.mean) * scale)
}
