import Compute
import Figures
import ImageData
import LatentVariableModels

/// The sparse coding VAE as a way to learn filters.
extension SparseVAEConfiguration: LearningMethod {
  public static let name = "svae"
  public static let command: String? = "svae train"
  public static let length: String? = "training.epochs"

  public static let columns: [Column<SparseVAELearner.Epoch>] = [
    Column("epoch", heading: "epoch") { Double($0.number) },
    Column("step") { Double($0.step) },
    Column("trainNegativeElbo", heading: "train −ELBO", decimals: 2) {
      $0.training.negativeELBO
    },
    Column("trainNegativeLogLikelihood") { $0.training.negativeLogLikelihood },
    Column("trainKl") { $0.training.divergence },
    .measured(
      "negativeElbo", as: "validationNegativeElbo", heading: "validation", decimals: 2),
    .measured("negativeLogLikelihood", as: "validationNegativeLogLikelihood"),
    .measured("kl", as: "validationKl", heading: "KL", decimals: 2),
    .measured("snrDecibels", heading: "SNR dB", decimals: 2),
    .measured("activeFilters", heading: "active"),
    .measured("activeUnits"),
    .measured("activeUnitsScaleFree"),
    .measured("klActive"),
    .measured("informative", heading: "informative"),
    .measured("strong"),
    .measured("spikes"),
    .measured("normLeast"),
    .measured("normMean"),
    .measured("normGreatest"),
    .measured("noiseScale"),
    .measured("priorScale"),
  ]

  public var seed: UInt64 {
    get { training.seed }
    set { training.seed = newValue }
  }

  public var latents: Int { model.latents }

  public var brief: MethodBrief {
    MethodBrief(
      constraint: model.constraint.rawValue,
      tangent: model.constraint == .unitNorm && model.tangent,
      learnsGain: model.constraint == .weightNormalization && model.learnsGain,
      prior: model.prior.rawValue, posterior: model.posterior.rawValue,
      noise: model.noise.rawValue)
  }

  public var cost: Double {
    let pixels = Double(data.preparation.cutPixels)
    let patches = Double(training.epochs * data.preparation.patches)
    let structured =
      model.posterior == .structured
      ? (1 - training.structuredFrom) / 3
        * StructuredWork(latents: Double(latents), pixels: pixels).multiplications : 0
    return patches * (weights(pixels: pixels) * Double(training.samples) + structured)
  }

  /// Number of weights, biases left out.
  private func weights(pixels: Double) -> Double {
    let encoder = model.encoder
    let widths = [pixels] + (encoder.trunk + encoder.mean + encoder.logScale).map(Double.init)
    return zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      + Double(latents) * (2 * (widths.last ?? 0) + pixels)
  }

  /// - Throws: where weights, their gradients and Adam's moments need more memory than there is.
  func requireMemory(pixels: Int) throws {
    try MemoryNeeds.require(
      4 * 4 * weights(pixels: Double(pixels)), for: "the model's weights in training",
      remedy: "ask for fewer latents, narrower layers or smaller patches")
    guard model.posterior == .structured else { return }
    try MemoryNeeds.require(
      StructuredWork(latents: Double(latents), pixels: Double(pixels))
        .bytes(threads: ThreadTeam.processorCount),
      for: "the structured posterior's factors in training",
      remedy: "ask for fewer latents or smaller patches, or for --posterior gaussian")
  }

  public func learner(
    on site: LearningSite, from checkpoint: Safetensors?
  ) throws -> SparseVAELearner {
    try SparseVAELearner(self, on: site, from: checkpoint)
  }

  public func model(from file: Safetensors, pixels: Int) throws -> SparseVAE {
    var model = SparseVAE(try modelConfiguration(pixels: pixels), seed: 0)
    try model.load(file.tensors)
    return model
  }

  /// After few epochs filters are noise, which says nothing of what they will be.
  public func remark(on summary: Summary) -> String? {
    guard training.epochs < 10, 2 * summary.activeFilters < summary.latents else { return nil }
    return "\(training.epochs) \(training.epochs == 1 ? "epoch is" : "epochs are") few: filters "
      + "begin as noise, and structure\ncomes later (by default after \(Self().training.epochs) "
      + "epochs; \(Self.defaults(for: .whole).training.epochs) for small images)"
  }

  public func remark(after epoch: SparseVAELearner.Epoch) -> String? {
    guard epoch.number == 1, training.epochs > 1, let evaluation = epoch.evaluation else {
      return nil
    }
    let summary = Summary(evaluation)
    guard 2 * summary.activeFilters < latents, let informative = summary.count("informative"),
      let noiseLike = summary.count("noiseLike")
    else { return nil }
    return "\(summary.activeFilters) of \(latents) filters are active so far: "
      + "\(noiseLike) look like noise, \(latents - informative) say little.\n"
      + "That is usual at first: filters begin as noise. Training goes on."
  }

  public var gentler: String? {
    "--learning-rate \(Self.short(training.learningRate / 10))"
  }

  public func curves(of metrics: MetricsTable) -> any Figure {
    let panels = [
      metrics.chart(
        "Objective",
        ["training": "trainNegativeElbo", "validation": "validationNegativeElbo"],
        y: Axis("−ELBO", unit: "nats per patch")),
      metrics.chart(
        "Parts of the objective",
        ["−log p(x|z)": "validationNegativeLogLikelihood", "KL": "validationKl"],
        y: Axis("nats per patch")),
      metrics.chart(
        "Active filters",
        ["active filters": "activeFilters", "informative": "informative", "KL > 0.1": "klActive"],
        y: Axis("filters", includesZero: true),
        references: [.init(name: "K = \(latents)", y: Double(latents))]),
      metrics.chart("Reconstruction", ["": "snrDecibels"], y: Axis("SNR", unit: "dB")),
    ]
    return ChartGrid(panels: panels.filter { !$0.series.isEmpty }, columns: 2)
  }
}
