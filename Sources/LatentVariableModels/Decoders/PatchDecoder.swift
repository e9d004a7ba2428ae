/// Makes a reconstruction from the latents.
///
/// Like an encoder, a decoder states its dense layers, and the rest follows.
public protocol PatchDecoder: Sendable {
  /// The layers in the order of computation: from z, stage 0, to the pixels in the last stage.
  func layers(latents: Int, pixels: Int) -> [DenseLayerPlan]
}

/// x̂ = Φᵀz + b: a filter for each latent.
public struct LinearDecoder: PatchDecoder {
  /// Φ and b are the model's parameters.
  public init() {}

  public func layers(latents: Int, pixels: Int) -> [DenseLayerPlan] {
    [
      DenseLayerPlan(
        inputs: latents, input: (0, 0), output: (1, 0),
        rectified: false, parts: [.init(name: "decoder", outputs: pixels)], hasFilters: true)
    ]
  }
}
