/// A dense layer as a graph of named layers has it: y = Wx + b, through max(0, ·) where rectified.
public struct NamedLayer: Hashable, Sendable {
  /// Its weights are the tensors `name.weight` and `name.bias`.
  public let name: String
  /// The layer whose outputs it reads; nil reads the patch.
  public let input: String?
  /// Whether its outputs pass through max(0, ·).
  public let isRectified: Bool
}

extension SparseVAE {
  /// The encoder's layers on the way from the patch to a head, in the order of computation; the
  /// last gives the head's numbers.
  ///
  /// - Parameter head: one of the latents' heads, by its position.
  public func encoderLayers(toHead head: Int) -> [NamedLayer] {
    let plans = layout.encoder.map(\.plan)
    let parts = plans.flatMap { plan in
      plan.parts.indices.map { index in
        let first = plan.parts[..<index].reduce(plan.output.unit) { $0 + $1.outputs }
        return (plan: plan, name: plan.parts[index].name, unit: first)
      }
    }
    func part(at place: DenseLayerPlan.Place) -> (plan: DenseLayerPlan, name: String, unit: Int)? {
      parts.last { $0.plan.output.stage == place.stage && $0.unit == place.unit }
    }
    var layers: [NamedLayer] = []
    let last = plans.map(\.output.stage).max() ?? 0
    var next = part(at: (last, head * layout.latents))
    while let (plan, name, _) = next {
      next = part(at: plan.input)
      layers.append(NamedLayer(name: name, input: next?.name, isRectified: plan.rectified))
    }
    return layers.reversed()
  }
}
