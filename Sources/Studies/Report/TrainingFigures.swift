import Figures
import Learning

extension ReportFigure {
  /// Active filters, epoch by epoch, of every seed.
  static let activeOverTraining = ReportFigure(
    name: "active-over-training",
    title: "Active filters over training",
    caption: """
      Filters that are informative, not noise-like and no spike, on validation patches; a line a seed.
      """
  ) { content in
    courses(
      of: content, "activeFilters",
      y: Axis("active filters", isInteger: true, includesZero: true))
  }

  /// −ELBO on validation patches, epoch by epoch.
  static let objectiveOverTraining = ReportFigure(
    name: "objective-over-training",
    title: "Validation −ELBO over training",
    caption: "Nats per patch; lower is better. During warm-up the KL divergence counts in full."
  ) { content in
    courses(of: content, "validationNegativeElbo", y: Axis("−ELBO", unit: "nats"))
  }
}

/// One line for each seed of each main subject, the subject's seeds in one colour.
private func courses(of content: ReportContent, _ column: String, y: Axis) -> (any Figure)? {
  let series = content.main.enumerated().flatMap { index, subject in
    // Methods without epochs, or without such a column, have no line.
    subject.courses.enumerated().compactMap { seed, course -> LineChart.Series? in
      let (x, y) = (course["epoch"], course[column])
      if x.isEmpty || y.isEmpty { return nil }
      return LineChart.Series(
        name: seed == 0 ? subject.title : "", x: x, y: y, colour: .series(index))
    }
  }
  guard series.contains(where: { $0.x.count > 1 }) else { return nil }
  return LineChart(
    series: series, x: Axis("epoch", isInteger: true), y: y,
    size: Size(width: 340, height: 190))
}
