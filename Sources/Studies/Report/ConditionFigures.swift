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
