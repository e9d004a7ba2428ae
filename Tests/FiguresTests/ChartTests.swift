import Compute
import Foundation
import Testing

@testable import Figures

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ChartTests {
  private static let epochs = (1...25).map(Double.init)

  /// One chart of each kind, and what must be written in it.
  private static let charts: [(name: String, chart: any Chart, labels: [String])] = [
    (
      "lines",
      LineChart(
        title: "Objective",
        series: [
          .init(name: "training", x: epochs, y: epochs.map { 180 + 90 / $0 }),
          .init(name: "validation", x: epochs, y: epochs.map { 182 + 90 / $0 }, isDashed: true),
        ], x: Axis("epoch", isInteger: true), y: Axis("−ELBO", unit: "nats per patch"),
        references: [.init(name: "best", y: 181)]),
      ["Objective", "training", "validation", "best", "epoch", "−ELBO (nats per patch)", "25"]
    ),
    (
      "histogram",
      Histogram(
        groups: [.init(name: "unit norm", values: epochs), .init(name: "none", values: [3, 4])],
        x: Axis("R²")),
      ["unit norm", "none", "R²", "filters"]
    ),
    (
      "bars",
      BarChart(
        conditions: ["none", "unit norm"],
        series: [.init(estimates: [.init(mean: 52, low: 48, high: 57), .init(169)])],
        x: Axis("active filters", isInteger: true), reference: 169),
      ["none", "unit norm", "active filters", "52", "169"]
    ),
    (
      "ranks",
      LineChart(
        ranked: [.init(name: "none", values: [0.05, .nan, 2, 0.05, 0.7])],
        y: Axis("KL", unit: "nats", scale: .logarithmic), threshold: 0.1, thresholdName: "0.1 nat",
        size: .panel),
      ["none: 2 of 4", "0.1 nat", "latent, by rank"]
    ),
    (
      "orientations", PolarHistogram(title: "Orientation", orientations: epochs),
      ["Orientation", "0°", "45°", "90°", "135°", "180°", "filters"]
    ),
    (
      "tiling",
      OrientationFrequencyPlot(
        orientations: epochs, frequencies: epochs.map { $0 / 50 }),
      ["spatial frequency (cycles/pixel)", "0.5", "90°"]
    ),
    (
      "points",
      ScatterPlot(
        title: "Likelihood and filters",
        series: [
          .init(name: "unit-norm", points: [.init(name: "unit norm", x: 100, y: 507)]),
          .init(name: "none", points: [.init(name: "no constraint", x: 20, y: 104)]),
        ], x: Axis("active filters", unit: "%"),
        y: Axis("−ELBO", unit: "nats", scale: .logarithmic), size: Size(width: 400, height: 250)),
      [
        "Likelihood and filters", "unit-norm", "none", "unit norm", "no constraint",
        "active filters (%)", "−ELBO (nats)",
      ]
    ),
  ]

  @Test(arguments: charts.indices)
  func `SVG is well-formed and holds the labels`(_ index: Int) throws {
    let (name, chart, labels) = Self.charts[index]
    let text = try chart.svgText
    #expect(XMLParser(data: Data(text.utf8)).parse(), "\(name)")
    for label in labels { #expect(text.contains(">\(label)</text>"), "\(label) in \(name)") }
  }

  @Test(arguments: charts.indices)
  func `charts are the same bytes each time, in each format`(_ index: Int) throws {
    let chart = Self.charts[index].chart
    for format in FigureFormat.allCases {
      #expect(try chart.data(format: format) == chart.data(format: format))
    }
  }

  /// Charts of data that have no extent, no values, or none that can be shown.
  private static let degenerate: [any Chart] = {
    let strange: [[Double]] = [
      [], [7], [0], [.nan], [.infinity, -.infinity], [5, 5, 5], [-1, 0], [1e308, -1e308],
      [1e-320, 0], [1, .nan, 2, .nan, .nan, 3], [1e15, 1e15 + 1],
    ]
    return strange.flatMap { values -> [any Chart] in
      [Axis.Scale.linear, .logarithmic].flatMap { scale -> [any Chart] in
        let axis = Axis("value", scale: scale)
        return [
          LineChart(
            series: [.init(name: "a", x: values, y: values), .init(name: "b", x: [], y: [])],
            x: axis, y: axis, references: values.map { .init(name: "level", y: $0) }),
          LineChart(
            series: [.init(name: "a", x: values, y: values)], x: Axis("", range: 1...1),
            y: Axis("", scale: scale, range: -1...2, isInteger: true)),
          Histogram(groups: [.init(values: values)], x: axis, bins: 3),
          BarChart(
            conditions: values.map { "\($0)" },
            series: [
              .init(estimates: values.map { Estimate($0) }),
              .init(estimates: values.map { .init(mean: $0, low: .nan, high: 2 * $0) }),
            ], x: axis),
          LineChart(
            ranked: [.init(values: values)], y: axis, threshold: values.first, size: .panel),
          PolarHistogram(orientations: values, bins: 1),
          OrientationFrequencyPlot(orientations: values, frequencies: values),
          ScatterPlot(
            series: [.init(name: "a", points: values.map { .init(name: "b", x: $0, y: $0) })],
            x: axis, y: axis),
        ]
      }
    }
  }()

  @Test func `degenerate data are drawn`() throws {
    for (index, chart) in Self.degenerate.enumerated() {
      for format in FigureFormat.allCases {
        #expect(throws: Never.self, "chart \(index): \(chart)") {
          try chart.data(format: format, pixelsPerPoint: 1)
        }
      }
      #expect(XMLParser(data: Data(try chart.svgText.utf8)).parse(), "chart \(index): \(chart)")
    }
  }

  @Test func `names of points that crowd are left out before they overlap`() throws {
    let names = (0..<40).map { "name \($0)" }
    let text = try ScatterPlot(
      series: [.init(name: "", points: names.map { .init(name: $0, x: 1, y: 1) })],
      x: Axis("x", range: 0...2), y: Axis("y", range: 0...2)
    ).svgText
    // Right, left, above and below of the one place.
    #expect(names.filter { text.contains(">\($0)</text>") } == Array(names.prefix(4)))
  }

  @Test func `grids hold all panels, and may be empty`() throws {
    let panels = Self.charts.map(\.chart)
    let text = try ChartGrid(title: "Study", panels: panels).svgText
    for label in ["Study"] + Self.charts.flatMap(\.labels) {
      #expect(text.contains(">\(label)</text>"), "\(label)")
    }
    #expect(try !ChartGrid(panels: []).pngData.isEmpty)
  }

  @Test func `plotted areas in a grid are at least as large as alone`() {
    let panels = Self.charts.map(\.chart)
    let grid = ChartGrid(panels: panels, columns: 1)
    #expect(grid.size.width >= panels.map(\.size.width).max() ?? 0)
    #expect(grid.size.height >= panels.map(\.size.height).reduce(0, +))
  }
}
