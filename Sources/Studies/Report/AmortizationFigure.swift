import Figures
import Learning

extension ReportFigure {
  /// What the encoder's codes lack against the best codes for the same decoder, and how many steps
  /// of a solver make up for it.
  static let amortization = ReportFigure(
    name: "amortization",
    title: "The encoder against optimised codes",
    caption: """
      Codes of greatest posterior probability for the same decoder, prior and noise: steps of a \
      solver from the encoder\u{2019}s code (solid) and from zero (dashed), to the minimum of \
      \u{2016}x \u{2212} b \u{2212} \u{03A6}\u{1D40}z\u{2016}\u{00B2}/2\u{03C3}\u{00B2} \
      \u{2212} log p(z). svae encode --refine takes such steps.
      """
  ) { content in
    let shown = content.main.enumerated().compactMap { index, subject in
      subject.record.amortization.map { (subject.title, $0, Colour.series(index)) }
    }
    guard let first = shown.first else { return nil }
    func panel(
      _ title: String, _ y: Axis, of value: (AmortizationGap, AmortizationGap.Point) -> Double
    ) -> LineChart {
      let series = shown.flatMap { name, gap, colour in
        [
          line(shown.count > 1 ? name : "from the encoder", gap.refined, colour, gap, value),
          line(shown.count > 1 ? "" : "from zero", gap.fromZero, colour, gap, value, dashed: true),
        ]
      }
      var references: [LineChart.Reference] = []
      if shown.count == 1, let encoder = first.1.refined.first {
        references.append(.init(name: "encoder", y: value(first.1, encoder)))
        if y.scale == .linear {
          references.append(.init(name: "minimum", y: value(first.1, first.1.optimum)))
        }
      }
      return LineChart(
        title: title, series: series, x: Axis(first.1.stepName, scale: .logarithmic), y: y,
        references: references, size: Size(width: 250, height: 170))
    }
    return ChartGrid(
      panels: [
        panel("Objective", Axis("above the minimum", unit: "nats", scale: .logarithmic)) {
          $1.objective - $0.optimum.objective
        },
        panel("Reconstruction", Axis("SNR", unit: "dB")) { $1.snrDecibels },
        panel("Sparsity", Axis("L0", includesZero: true)) { $1.l0 },
      ], columns: 2)
  }

  /// The points after at least one step: a logarithmic axis has no place for none.
  private static func line(
    _ name: String, _ points: [AmortizationGap.Point], _ colour: Colour, _ gap: AmortizationGap,
    _ value: (AmortizationGap, AmortizationGap.Point) -> Double, dashed: Bool = false
  ) -> LineChart.Series {
    let points = points.filter { ($0.steps ?? 0) > 0 }
    return LineChart.Series(
      name: name, x: points.map { Double($0.steps ?? 0) }, y: points.map { value(gap, $0) },
      colour: colour, isDashed: dashed)
  }
}
