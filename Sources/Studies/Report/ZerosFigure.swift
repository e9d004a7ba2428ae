import Figures
import Learning

extension ReportFigure {
  /// How well codes explain patches against how many of them are zero: the plane on which posteriors
  /// without zeros, with them, counts and classical codes compare.
  static let zeros = ReportFigure(
    name: "signal-and-zeros",
    title: "Signal against zeros",
    caption: """
      SNR of reconstructions against the share of codes that are exactly zero; up and to the right \
      is better. Of every model the 5, 10 and 20 codes that contribute most, refitted by least \
      squares; of models whose codes have zeros of their own also those, as they are.
      """
  ) { content in
    let others = content.subjects.dropFirst(content.mainCount).filter { $0.ownZeros != nil }
    let series = (content.main + others).prefix(mostSubjects).map { subject in
      ScatterPlot.Series(
        name: subject.title,
        points: [subject.ownZeros].compactMap { $0 }
          + (subject.record.equalSparsity ?? []).map {
            .init(
              x: 100 * (1 - Double($0.count) / Double(subject.method.latents)), y: $0.snrDecibels)
          })
    }
    guard series.contains(where: { !$0.points.isEmpty }) else { return nil }
    return ScatterPlot(
      series: Array(series), x: Axis("zeros", unit: "% of codes"), y: Axis("SNR", unit: "dB"),
      size: Size(width: 480, height: 260))
  }

  /// As many as colours tell apart.
  private static let mostSubjects = 8
}

extension ReportSubject {
  /// The model's own codes, where some are exactly zero.
  fileprivate var ownZeros: ScatterPlot.Named? {
    let summary = record.summary
    guard let share = summary["zeroShare"],
      let signal = summary["modeSnrDecibels"] ?? summary["snrDecibels"]
    else { return nil }
    return .init(name: "own", x: 100 * share, y: signal)
  }
}
