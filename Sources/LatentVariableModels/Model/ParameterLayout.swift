import Compute

/// Where each parameter lies in the one flat buffer that holds them all.
///
/// Adam, gradient clipping and checkpoints are one pass over the buffer. Every block of more than
/// one number begins at a cache line; padding holds zeros and stays so. Names, shapes and places all
/// follow from what the model's parts state.
package struct ParameterLayout: Sendable {
  /// A dense layer and its place.
  package struct Dense: Sendable {
    package let plan: DenseLayerPlan
    package let weights: DenseWeights
    /// Whether an earlier layer has the same weights.
    package let isShared: Bool
  }

  package let pixels: Int
  package let latents: Int
  /// The encoder's layers, in the order of computation.
  package let encoder: [Dense]
  /// The decoder's.
  package let decoder: [Dense]
  /// log σ
  package let logNoise: Int
  /// log s: one for all latents, or one for each.
  package let logPriorScales: Range<Int>
  /// log ω, of models whose patches have a contrast.
  package let logContrast: Int?
  /// The prior's further number, one for all latents or one for each.
  package let priorNumbers: (name: String, places: Range<Int>)?
  /// Of models whose noise differs between directions.
  package let noise: NoiseWeights?
  /// log σ, log s where latents share it, log ω and the prior's further numbers.
  package let scalars: Range<Int>
  /// Number of floats in all.
  package let count: Int

  package init(
    pixels: Int, latents: Int, hasContrast: Bool = false, hasNoiseDirections: Bool = false,
    hasOwnScales: Bool = false, _ parts: ModelParts
  ) {
    self.pixels = pixels
    self.latents = latents
    var next = 0
    var copies = 0
    func place(_ count: Int) -> Int {
      if count > 1 { next = (next + 15) / 16 * 16 }
      defer { next += count }
      return next
    }
    func dense(_ plans: [DenseLayerPlan]) -> [Dense] {
      var placed: [[DenseLayerPlan.Part]: DenseWeights] = [:]
      return plans.map { plan in
        if let earlier = placed[plan.parts] {
          precondition(earlier.inputs == plan.inputs, "\(plan.parts) of \(plan.inputs) inputs")
          return Dense(plan: plan, weights: earlier, isShared: true)
        }
        let outputs = DenseLayout.padded(plan.outputs)
        let weights = place(plan.inputs * outputs)
        let layer = DenseWeights(
          inputs: plan.inputs, outputs: plan.outputs, weights: weights, bias: place(outputs),
          storage: plan.hasFilters ? .rows(stride: outputs, copy: copies) : .panels)
        if plan.hasFilters { copies += 1 }
        placed[plan.parts] = layer
        return Dense(plan: plan, weights: layer, isShared: false)
      }
    }
    encoder = dense(
      parts.encoder.layers(
        pixels: pixels, heads: parts.latents.heads.map { .init(name: $0, outputs: latents) }))
    decoder = dense(parts.decoder.layers(latents: latents, pixels: pixels))
    // Scalars follow on, at a new line.
    next = (next + 15) / 16 * 16
    logNoise = place(1)
    let sharedScale = hasOwnScales ? nil : place(1)
    logContrast = hasContrast ? place(1) : nil
    priorNumbers = parts.latents.priorNumber.map { number in
      let start = place(number.isShared ? 1 : latents)
      return (number.name, start..<start + (number.isShared ? 1 : latents))
    }
    scalars = logNoise..<next
    let firstScale = sharedScale ?? place(latents)
    logPriorScales = firstScale..<firstScale + (hasOwnScales ? latents : 1)
    let filters = decoder.first { $0.plan.hasFilters }?.weights
    let logNoise = logNoise
    noise =
      hasNoiseDirections
      ? filters.map { NoiseWeights(of: $0, copy: copies, logNoise: logNoise, place) } : nil
    count = (next + 15) / 16 * 16
  }

  /// The layers of which engines keep packed copies, in the order of these.
  package var packedLayers: [DenseWeights] { [filterLayer] + [noise?.whitened].compactMap { $0 } }

  /// The decoder's layers to where the likelihood compares: Ψ in place of Φ where noise differs
  /// between directions.
  package var comparedDecoder: [Dense] {
    guard let noise else { return decoder }
    return decoder.map {
      Dense(
        plan: $0.plan, weights: $0.weights == noise.filters ? noise.whitened : $0.weights,
        isShared: $0.isShared)
    }
  }

  /// Layers of both stacks, each set of weights once.
  package var layers: [Dense] { (encoder + decoder).filter { !$0.isShared } }

  /// The layer whose weights are the filters Φ.
  package var filterLayer: DenseWeights {
    guard let layer = decoder.first(where: \.plan.hasFilters) else {
      preconditionFailure("a decoder without filters")
    }
    return layer.weights
  }

  /// Φ [latents, pixels], one filter a row, rows `filterStride` apart.
  package var filters: Int { filterLayer.weights }
  package var filterStride: Int { DenseLayout.padded(pixels) }
  /// The decoder's bias b [pixels].
  package var decoderBias: Int { filterLayer.bias }
  /// The range of the encoder's parameters.
  package var encoderRange: Range<Int> { 0..<(decoder.first?.weights.weights ?? logNoise) }

  /// The places of the weights that lead to one latent's head, and of its bias.
  package func places(head: Int, latent: Int) -> (weights: [Int], bias: Int) {
    let unit = head * latents + latent
    let last = encoder.map(\.plan.output.stage).max()
    for layer in encoder where layer.plan.output.stage == last {
      let output = unit - layer.plan.output.unit
      guard (0..<layer.plan.outputs).contains(output) else { continue }
      let weights = (0..<layer.plan.inputs).map { layer.weights.place(input: $0, output: output) }
      return (weights, layer.weights.bias + output)
    }
    preconditionFailure("an encoder without head \(head)")
  }
}

extension NoiseWeights {
  /// - Parameters:
  ///   - copy: the number of Ψ's packed copy.
  ///   - place: finds room for so many floats.
  fileprivate init(
    of filters: DenseWeights, copy: Int, logNoise: Int, _ place: (_ count: Int) -> Int
  ) {
    let (pixels, stride) = (filters.outputs, DenseLayout.padded(filters.outputs))
    func weights(_ inputs: Int, _ storage: DenseWeights.Storage) -> DenseWeights {
      DenseWeights(
        inputs: inputs, outputs: pixels, weights: place(inputs * stride), bias: place(stride),
        storage: storage)
    }
    self.init(
      filters: filters, whitened: weights(filters.inputs, .rows(stride: stride, copy: copy)),
      matrix: weights(pixels, .panels), directions: place(pixels * stride),
      variances: place(stride), profile: place(stride), logNoise: logNoise)
  }
}

extension DenseWeights {
  /// The place of one weight.
  package func place(input: Int, output: Int) -> Int {
    switch storage {
    case .panels:
      weights + DenseLayout.weightIndex(input: input, output: output, inputs: inputs)
    case .rows(let stride, _): weights + input * stride + output
    }
  }
}
