import Figures
import Learning

extension ReportFigure {
  /// How contrast is distributed over patches, and what dividing by it does to codes.
  static let contrast = ReportFigure(
    name: "contrast",
    title: "Contrast of the patches",
    caption: """
      The mean of log a, of the contrast a that scales a patch\u{2019}s prior, over test patches. \
      Codes divided by it are what divisive normalisation makes of them.
      """, remark: kurtosis
  ) { content in
    let groups = content.main.enumerated().compactMap { index, subject in
      subject.record.logContrasts.map {
        Histogram.Group(name: subject.title, values: $0, colour: .series(index))
      }
    }
    if groups.isEmpty { return nil }
    return Histogram(groups: groups, x: Axis("log a"), size: Size(width: 340, height: 190))
  }
}

/// "Excess kurtosis of the codes before and after: 18.2 and 9.1."
@Sendable private func kurtosis(of content: ReportContent) -> String? {
  let found = content.main.compactMap { subject -> String? in
    let summary = subject.record.summary
    guard let before = summary["kurtosis"], let after = summary["normalizedKurtosis"],
      let measure = Measure.named("kurtosis")
    else { return nil }
    return "\(measure.text(before)) and \(measure.text(after)) (\(subject.title))"
  }
  if found.isEmpty { return nil }
  return "Excess kurtosis of the codes before and after: " + found.joined(separator: ", ") + "."
}
