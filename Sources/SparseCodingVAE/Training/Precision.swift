import Compute

/// The numbers in which a training step multiplies.
public enum Precision: String, Codable, CaseIterable, Sendable {
  /// float32 throughout.
  case float32
  /// Products of bfloat16 factors with float32 sums; parameters, moments and statistics stay
  /// float32.
  case mixed

  /// Whether this processor can.
  public var isAvailable: Bool { self == .float32 || MixedEngine.isAvailable }

  /// The engine for a model's layers; nil where the processor lacks the instructions.
  package func engine(
    for layout: ParameterLayout, patches: Int, threads: Int
  ) -> (any DenseEngine)? {
    switch self {
    case .float32: return PanelEngine()
    case .mixed:
      let units = layout.encoder.map { max($0.plan.inputs, $0.plan.outputs) }
      return MixedEngine(
        units: units.reduce(max(layout.pixels, layout.latents), max), patches: patches,
        threads: threads)
    }
  }
}
