import Figures

extension MetricsTable {
  /// Columns against the first, as lines in the palette's order.
  ///
  /// - Parameter lines: the columns by the names that the chart gives them; those without values are
  ///   left out.
  public func chart(
    _ title: String, _ lines: KeyValuePairs<String, String>, y: Axis,
    references: [LineChart.Reference] = []
  ) -> LineChart {
    let x = columns.first ?? ""
    let series = lines.enumerated().filter { !self[$0.element.value].isEmpty }.map { index, line in
      LineChart.Series(name: line.key, x: self[x], y: self[line.value], colour: .series(index))
    }
    return LineChart(
      title: title, series: series, x: Axis(x, isInteger: true), y: y, references: references,
      size: Size(width: 250, height: 150))
  }
}
