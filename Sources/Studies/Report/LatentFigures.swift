import Figures
import Learning

extension ReportFigure {
  /// KL of each latent, sorted.
  static let divergenceByRank = ReportFigure(
    name: "kl-by-rank",
    title: "KL divergence of each latent, sorted",
    caption: """
      Mean over test patches. A latent that says nothing still pays a little: 0.05 nats with a \
      Gaussian posterior under a Laplace prior.
      """
  ) { content in
    let groups = content.main.enumerated().map { index, subject in
      Histogram.Group(
        name: subject.title, values: subject.record.filters.compactMap(\.kl),
        colour: .series(index))
    }.filter { !$0.values.isEmpty }
    if groups.isEmpty { return nil }
    return LineChart(
      ranked: groups, y: Axis("KL", unit: "nats", includesZero: true), threshold: 0.1,
      thresholdName: "0.1 nat", size: Size(width: 340, height: 190))
  }

  /// Norms of the filters.
  static let norms = ReportFigure(
    name: "norms",
    title: "Norms of the filters, sorted",
    caption: "‖φ‖ of each filter. Under unit norm all are 1."
  ) { content in
    LineChart(
      ranked: content.main.enumerated().map { index, subject in
        Histogram.Group(
          name: subject.title, values: subject.record.filters.map(\.norm), colour: .series(index))
      }, rankLabel: "filter, by rank", y: Axis("‖φ‖", includesZero: true),
      size: Size(width: 340, height: 190))
  }

  /// Spatial frequencies of the Gabor-like filters.
  static let frequency = ReportFigure(
    name: "frequency",
    title: "Spatial frequency",
    caption: "Of Gabor functions fitted with R² > 0.5.", remark: leftOut
  ) { content in
    histogram(of: content, x: Axis("spatial frequency", unit: "cycles/pixel", range: 0...0.5)) {
      $0.grating?.frequency
    }
  }

  /// Orientations of the Gabor-like filters.
  static let orientation = ReportFigure(
    name: "orientation",
    title: "Orientation of the stripes",
    caption: "Of Gabor functions fitted with R² > 0.5; 0° lies, 90° stands.", remark: leftOut
  ) { content in
    polar(of: content) { title, orientations, _, colour in
      PolarHistogram(title: title, orientations: orientations, colour: colour)
    }
  }

  /// Orientation and frequency of each Gabor-like filter.
  static let orientationFrequency = ReportFigure(
    name: "orientation-frequency",
    title: "Orientation and frequency together",
    caption: "A dot for each filter with R² > 0.5; the rim is half a cycle per pixel.",
    remark: leftOut
  ) { content in
    polar(of: content) { title, orientations, frequencies, colour in
      OrientationFrequencyPlot(
        title: title, orientations: orientations, frequencies: frequencies, colour: colour)
    }
  }
}

extension RunRecord.Filter {
  /// The Gabor function where it fits.
  fileprivate var gaborLike: RunRecord.Gabor? { gabor.flatMap { $0.rSquared > 0.5 ? $0 : nil } }

  /// The same where its wave can be seen: what frequencies and orientations are counted of.
  fileprivate var grating: RunRecord.Gabor? {
    gaborLike.flatMap { $0.hasCarrier == false ? nil : $0 }
  }
}

/// "Left out are filters with less than half a cycle within the envelope, blobs and edges: 54 of 169
/// with unit norm."
@Sendable private func leftOut(of content: ReportContent) -> String? {
  let counts = content.main.compactMap { subject -> String? in
    let fitted = subject.record.filters.filter { $0.gaborLike != nil }
    let blobs = fitted.count { $0.grating == nil }
    return blobs == 0 ? nil : "\(blobs) of \(fitted.count) (\(subject.title))"
  }
  if counts.isEmpty { return nil }
  return "Left out are filters with less than half a cycle within the envelope, blobs and edges: "
    + counts.joined(separator: ", ") + "."
}

extension ReportSubject {
  /// "unit norm, 115 filters"
  fileprivate func title(counting filters: Int) -> String {
    "\(title), \(filters) \(filters == 1 ? "filter" : "filters")"
  }
}

private func histogram(
  of content: ReportContent, x: Axis, _ value: (RunRecord.Filter) -> Double?
) -> (any Figure)? {
  let groups = content.main.enumerated().map { index, subject in
    let values = subject.record.filters.compactMap(value)
    return Histogram.Group(
      name: subject.title(counting: values.count), values: values, colour: .series(index))
  }
  guard groups.contains(where: { !$0.values.isEmpty }) else { return nil }
  return Histogram(groups: groups, x: x, size: Size(width: 340, height: 190))
}

private func polar(
  of content: ReportContent,
  _ chart: (String, _ orientations: [Double], _ frequencies: [Double], Colour) -> any Chart
) -> (any Figure)? {
  let panels = content.main.enumerated().map { index, subject in
    let gabors = subject.record.filters.compactMap(\.grating)
    // Stripes stand at right angles to the wave, and the page counts angles against the clock.
    let orientations = gabors.map { .pi / 2 - $0.orientation }
    let panel = chart(
      subject.title(counting: gabors.count), orientations, gabors.map(\.frequency),
      .series(index))
    return (gabors.isEmpty, panel)
  }
  if panels.allSatisfy(\.0) { return nil }
  return ChartGrid(panels: panels.map(\.1), columns: min(2, panels.count))
}
