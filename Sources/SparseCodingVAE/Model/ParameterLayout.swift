import Compute

/// Where each parameter lies in the one flat buffer that holds them all.
///
/// Adam, gradient clipping and checkpoints are one pass over the buffer. Every block begins at a
/// cache line; padding holds zeros and stays so.
package struct ParameterLayout: Sendable {
  /// A dense layer's place: its weights in panels of 32 outputs, then its bias.
  package struct Dense: Sendable {
    package let plan: DenseLayerPlan
    package let weights: Int
    package let bias: Int
  }

  package let pixels: Int
  package let latents: Int
  /// The encoder's layers, in the order of computation.
  package let encoder: [Dense]
  /// Φ [latents, pixels], one filter a row, rows `filterStride` apart.
  package let filters: Int
  package let filterStride: Int
  /// The decoder's bias b [pixels].
  package let decoderBias: Int
  /// log σ
  package let logNoise: Int
  /// log s
  package let logPriorScale: Int
  /// Number of floats in all.
  package let count: Int

  package init(pixels: Int, latents: Int, network: RecognitionNetwork) {
    self.pixels = pixels
    self.latents = latents
    var next = 0
    func place(_ count: Int) -> Int {
      defer { next += (count + 15) / 16 * 16 }
      return next
    }
    encoder = network.layers(pixels: pixels, latents: latents).map { plan in
      let outputs = DenseLayout.padded(plan.outputs)
      return Dense(plan: plan, weights: place(plan.inputs * outputs), bias: place(outputs))
    }
    filterStride = DenseLayout.padded(pixels)
    filters = place(latents * filterStride)
    decoderBias = place(filterStride)
    logNoise = place(2)
    logPriorScale = logNoise + 1
    count = next
  }

  /// The layers that end in μ and ℓ: one for both, or one for each.
  var heads: [Dense] {
    let last = encoder.map(\.plan.output.stage).max()
    return encoder.filter { $0.plan.output.stage == last }
  }

  /// The range of the decoder's parameters (Φ and b).
  package var decoder: Range<Int> { filters..<logNoise }

  /// The range of the encoder's parameters.
  package var encoderRange: Range<Int> { 0..<filters }
}
