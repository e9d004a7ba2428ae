/// Makes a reconstruction from the latents.
///
/// Like an encoder, a decoder states its dense layers, and the rest follows.
public protocol PatchDecoder: Sendable {
  /// The layers in the order of computation: from z, stage 0, to the pixels in the last stage.
  func layers(latents: Int, pixels: Int) -> [DenseLayerPlan]
}

/// x̂ = Φᵀz + b: a filter for each latent.
public struct LinearDecoder: PatchDecoder {
  public init() {}

  public func layers(latents: Int, pixels: Int) -> [DenseLayerPlan] {
    [
      DenseLayerPlan(
        inputs: latents, input: .init(stage: 0, unit: 0), output: .init(stage: 1, unit: 0),
        rectified: false, parts: [.init(name: "decoder", outputs: pixels)], hasFilters: true)
    ]
  }
}
