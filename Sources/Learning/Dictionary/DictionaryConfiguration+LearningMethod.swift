import Compute
import Figures
import ImageData
import LatentVariableModels
import SparseCoding

/// Classical sparse coding as a way to learn filters.
extension DictionaryConfiguration: LearningMethod {
  public static let name = "sparse-coding"
  public static let command: String? = "svae sparse-code train"
  public static let length: String? = "sparseCoding.updates"

  public static let columns: [Column<DictionaryRow>] = [
    Column("update", heading: "update") { Double($0.update) },
    Column("trainObjective", heading: "objective", decimals: 3) { $0.objective },
    Column("trainSquaredError") { $0.squaredError },
    Column("trainSnrDecibels") { $0.snrDecibels },
    Column("trainL0") { $0.meanActive },
    Column("validationObjective", heading: "validation", decimals: 3) { $0.validationObjective },
    Column("validationSnrDecibels", heading: "SNR dB", decimals: 2) { $0.validationSnrDecibels },
    Column("validationL0", heading: "L0", decimals: 2) { $0.validationMeanActive },
    Column("dead", heading: "dead") { Double($0.dead) },
    Column("duplicates", heading: "duplicates") { Double($0.duplicates) },
    Column("replaced") { Double($0.replaced) },
    Column("normLeast") { $0.normLeast },
    Column("normMean") { $0.normMean },
    Column("normGreatest") { $0.normGreatest },
  ]

  public var seed: UInt64 {
    get { sparseCoding.seed }
    set { sparseCoding.seed = newValue }
  }

  public var latents: Int { sparseCoding.atoms }

  public var brief: MethodBrief {
    MethodBrief(
      constraint: sparseCoding.constraint.rawValue,
      prior: sparseCoding.chosenSolver.entry.prior.rawValue)
  }

  public var cost: Double {
    let settings = sparseCoding.resolved
    let pixels = Double(data.preparation.cutPixels)
    let codes = Double((settings.updates ?? 0) * (settings.batchSize ?? 0))
    // Correlations are found several times over for each code.
    return codes * 8 * Double(settings.atoms) * pixels
  }

  public func learner(
    on site: LearningSite, from checkpoint: Safetensors?
  ) throws -> DictionaryLearning {
    try DictionaryLearning(self, on: site, from: checkpoint)
  }

  public func model(from file: Safetensors, pixels: Int) throws -> LearnedDictionary {
    let shape = [pixels, latents]
    guard let weight = file.tensors.first(where: { $0.name == "decoder.weight" }),
      weight.shape == shape
    else {
      throw RunError(
        "has no dictionary of its run's size", remedy: "expected decoder.weight, \(shape)")
    }
    return LearnedDictionary(
      filters: Matrix(rows: pixels, columns: latents, elements: weight.elements).transposed,
      settings: sparseCoding)
  }

  public var gentler: String? {
    sparseCoding.rule == .gradient
      ? "--learning-rate \(Self.short(sparseCoding.rate / 10))" : nil
  }

  public func curves(of metrics: MetricsTable) -> any Figure {
    func both(_ measure: String) -> KeyValuePairs<String, String> {
      ["training": "train\(measure)", "validation": "validation\(measure)"]
    }
    return ChartGrid(
      panels: [
        metrics.chart("Objective", both("Objective"), y: Axis("½‖x − Φᵀz‖² + λ‖z‖₁")),
        metrics.chart("Reconstruction", both("SnrDecibels"), y: Axis("SNR", unit: "dB")),
        metrics.chart(
          "Sparsity", both("L0"), y: Axis("active atoms of a patch", includesZero: true)),
        metrics.chart(
          "Lost atoms", ["dead": "dead", "duplicates": "duplicates", "replaced": "replaced"],
          y: Axis("atoms", isInteger: true, includesZero: true)),
      ], columns: 2)
  }
}
