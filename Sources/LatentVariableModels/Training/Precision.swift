import Compute

/// The numbers in which a training step multiplies.
public enum Precision: String, Codable, CaseIterable, Sendable {
  /// float32 throughout.
  case float32
  /// Products of bfloat16 factors with float32 sums; parameters, moments and statistics stay
  /// float32.
  case mixed

  /// Whether this processor can.
  public var isAvailable: Bool { self == .float32 || MixedProducts.isAvailable }

  /// What multiplies a model's layers; nil where the processor lacks the instructions.
  package func products(
    for layout: ParameterLayout, patches: Int, threads: Int
  ) -> (any DenseProducts)? {
    switch self {
    case .float32: return PanelProducts()
    case .mixed:
      let units = layout.layers.map { max($0.plan.inputs, $0.plan.outputs) }
      return MixedProducts(units: units.reduce(0, max), patches: patches, threads: threads)
    }
  }
}
