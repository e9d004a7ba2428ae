/// A run's course, epoch by epoch: objective, its two parts, active filters, reconstruction.
public struct TrainingCurves: Figure {
  /// A count of active filters by one definition.
  public struct ActiveCount: Hashable, Sendable {
    /// What the legend says; nothing where empty.
    public var name: String
    /// Number of filters, per epoch.
    public var counts: [Double]

    public init(name: String, counts: [Double]) {
      self.name = name
      self.counts = counts
    }
  }

  private let grid: ChartGrid

  /// Columns that are left empty leave out their lines; panels without lines are left out.
  ///
  /// - Parameters:
  ///   - epochs: the numbers of the epochs; every other column has as many values, or none.
  ///   - trainingObjective: −ELBO on training data, in nats per patch.
  ///   - validationObjective: −ELBO on validation data, in nats per patch.
  ///   - negativeLogLikelihood: −log p(x|z), in nats per patch.
  ///   - divergence: KL(q‖p), in nats per patch.
  ///   - activeCounts: active filters by one or more definitions.
  ///   - latents: K, to compare the counts with.
  ///   - signalToNoise: of the reconstruction, in dB.
  public init(
    title: String = "", epochs: [Double], trainingObjective: [Double] = [],
    validationObjective: [Double] = [], negativeLogLikelihood: [Double] = [],
    divergence: [Double] = [], activeCounts: [ActiveCount] = [], latents: Int,
    signalToNoise: [Double] = []
  ) {
    func chart(
      _ title: String, _ lines: [(String, [Double])], y: Axis,
      references: [LineChart.Reference] = []
    ) -> LineChart? {
      let series = lines.enumerated().filter { !$0.element.1.isEmpty }.map { index, line in
        LineChart.Series(name: line.0, x: epochs, y: line.1, colour: .series(index))
      }
      return series.isEmpty
        ? nil
        : LineChart(
          title: title, series: series, x: Axis("epoch", isInteger: true), y: y,
          references: references, size: Size(width: 250, height: 150))
    }
    let panels = [
      chart(
        "Objective",
        [("training", trainingObjective), ("validation", validationObjective)],
        y: Axis("−ELBO", unit: "nats per patch")),
      chart(
        "Parts of the objective", [("−log p(x|z)", negativeLogLikelihood), ("KL", divergence)],
        y: Axis("nats per patch")),
      chart(
        "Active filters", activeCounts.map { ($0.name, $0.counts) },
        y: Axis("filters", includesZero: true),
        references: [.init(name: "K = \(latents)", y: Double(latents))]),
      chart("Reconstruction", [("", signalToNoise)], y: Axis("SNR", unit: "dB")),
    ]
    grid = ChartGrid(title: title, panels: panels.compactMap { $0 }, columns: 2)
  }

  public var size: Size { grid.size }

  public func draw(on canvas: Canvas) { grid.draw(on: canvas) }
}
