import Figures
import Learning

/// Active filters, epoch by epoch, of every seed.
struct ActiveOverTraining: ReportFigure {
  let name = "active-over-training"
  let title = "Active filters over training"
  let caption = """
    Filters that are informative, not noise-like and no spike, on validation patches; a line a seed.
    """

  func figure(of content: ReportContent) -> (any Figure)? {
    courses(
      of: content, "activeFilters",
      y: Axis("active filters", isInteger: true, includesZero: true))
  }
}

/// −ELBO on validation patches, epoch by epoch.
struct ObjectiveOverTraining: ReportFigure {
  let name = "objective-over-training"
  let title = "Validation −ELBO over training"
  let caption = "Nats per patch; lower is better. During warm-up the KL divergence counts in full."

  func figure(of content: ReportContent) -> (any Figure)? {
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
