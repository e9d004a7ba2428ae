extension LineChart {
  /// Values sorted from the largest down, with a threshold and how many lie above it: the KL of each
  /// latent, for example.
  ///
  /// - Parameters:
  ///   - ranked: one curve each; values that are not finite are left out.
  ///   - rankLabel: what is ranked, the name of the horizontal axis.
  ///   - threshold: drawn as a line; with it each curve's name tells how many values lie above.
  ///   - thresholdName: written at the threshold's line, for example "0.1 nat".
  public init(
    ranked groups: [Histogram.Group], rankLabel: String = "latent, by rank", y: Axis,
    threshold: Double? = nil, thresholdName: String = "", size: Size
  ) {
    let series = groups.map { group in
      let sorted = group.values.filter(\.isFinite).sorted(by: >)
      var name = group.name
      if let threshold {
        let above = sorted.count { $0 > threshold }
        name += (name.isEmpty ? "" : ": ") + "\(above) of \(sorted.count)"
      }
      return Series(
        name: name, x: sorted.indices.map { Double($0 + 1) }, y: sorted, colour: group.colour)
    }
    self.init(
      series: series, x: Axis(rankLabel, isInteger: true), y: y,
      references: threshold.map { [Reference(name: thresholdName, y: $0)] } ?? [], size: size)
  }
}
