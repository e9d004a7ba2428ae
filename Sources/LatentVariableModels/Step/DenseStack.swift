import Compute

/// Dense layers between buffers: an encoder's or a decoder's, forward and back.
struct DenseStack: Sendable {
  /// A layer, and what it reads and writes.
  struct Layer: Sendable {
    let weights: DenseWeights
    let input, output: Buffer
    /// ∂L/∂input; nil where nobody asks for it.
    let inputGradient: Buffer?
    /// ∂L/∂output; nil in an evaluation.
    let outputGradient: Buffer?
    let rectified: Bool
    /// Whether the input passed through max(0, ·).
    let inputIsRectified: Bool
    /// Whether other layers have the same weights, and whether this is the first and the last one.
    let isShared, isFirstUse, isLastUse: Bool
  }

  let layers: [Layer]
  /// What the last layers give, and ∂L/∂ of it.
  let output: Buffer
  let outputGradient: Buffer?

  /// - Parameters:
  ///   - inputGradient: where ∂L/∂input goes, if it is wanted.
  ///   - isTrained: whether there is a way back.
  init(
    _ stack: [ParameterLayout.Dense], input: Buffer, inputGradient: Buffer?, isTrained: Bool,
    plan: inout BufferPlan
  ) {
    var widths = [input.units]
    var rectified = [false]
    for layer in stack.map(\.plan) {
      let stage = layer.output.stage
      if stage == widths.count {
        widths.append(0)
        rectified.append(layer.rectified)
      }
      widths[stage] += layer.outputs
    }
    let stages = [input] + widths.dropFirst().map { plan.buffer($0) }
    let gradients: [Buffer?] =
      [isTrained ? inputGradient : nil]
      + widths.dropFirst().map { isTrained ? plan.buffer($0) : nil }
    layers = stack.indices.map { index in
      let (layer, weights) = (stack[index].plan, stack[index].weights)
      let input = layer.input.unit..<layer.input.unit + layer.inputs
      let output = layer.output.unit..<layer.output.unit + layer.outputs
      return Layer(
        weights: weights, input: stages[layer.input.stage][input],
        output: stages[layer.output.stage][output],
        inputGradient: gradients[layer.input.stage].map { $0[input] },
        outputGradient: gradients[layer.output.stage].map { $0[output] },
        rectified: layer.rectified, inputIsRectified: rectified[layer.input.stage],
        isShared: stack.filter { $0.weights == weights }.count > 1,
        isFirstUse: !stack[..<index].contains { $0.weights == weights },
        isLastUse: !stack[(index + 1)...].contains { $0.weights == weights })
    }
    output = stages[stages.count - 1]
    outputGradient = gradients[gradients.count - 1]
  }

  /// The layer whose weights are filters, which a constraint holds.
  var filters: Layer? { layers.first { $0.weights.storage != .panels } }

  /// Input → output.
  ///
  /// - Parameter input: read in place of the stack's own.
  func forward(from input: Buffer? = nil, on engine: some Engine) {
    for (index, layer) in layers.enumerated() {
      engine.dense(
        index == 0 ? input ?? layer.input : layer.input, layer.weights, into: layer.output,
        rectified: layer.rectified)
    }
  }

  /// ∂L/∂output → ∂L/∂input and the weights' gradients or, where `moving`, the new weights.
  ///
  /// Adam is fused into the gradient of weights that are used once; shared ones are moved when all
  /// their gradients have come together.
  ///
  /// - Parameter adding: whether gradients are there already, to be added to.
  func backward(adding: Bool, moving: Bool, on engine: some Engine) {
    for layer in layers.reversed() {
      guard let outputGradient = layer.outputGradient else { continue }
      if let inputGradient = layer.inputGradient {
        engine.inputGradient(
          outputGradient, layer.weights, input: layer.input, into: inputGradient,
          rectified: layer.inputIsRectified)
      }
      let adding = adding || !layer.isLastUse
      let fuses = moving && !layer.isShared
      engine.weightGradient(
        layer.input, outputGradient, layer.weights,
        then: fuses ? .adam(adding: adding) : .store(adding: adding))
      if moving && layer.isShared && layer.isFirstUse {
        engine.adam(layer.weights.weightPlaces)
        engine.adam(layer.weights.biasPlaces)
      }
    }
  }
}
