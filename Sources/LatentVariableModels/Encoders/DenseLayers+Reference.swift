/// Dense layers in double precision, straight from the definitions.
///
/// Weights and gradients go by the names of `SparseVAE.namedTensors`, and are laid out as these are.
extension [DenseLayerPlan] {
  /// The outputs of every stage, the input x being stage 0.
  func stages(from x: [Double], _ values: [String: [Double]]) -> [[Double]] {
    var stages = [x]
    for layer in self {
      if layer.output.stage == stages.count { stages.append([]) }
      let input = stages[layer.input.stage][layer.input.unit...].prefix(layer.inputs)
      for part in layer.parts {
        let weight = values["\(part.name).weight"] ?? []
        for (output, bias) in (values["\(part.name).bias"] ?? []).enumerated() {
          let row = weight[(output * layer.inputs)...]
          let sum = zip(row, input).reduce(bias) { $0 + $1.0 * $1.1 }
          stages[layer.output.stage].append(layer.rectified ? Swift.max(0, sum) : sum)
        }
      }
    }
    return stages
  }

  /// ∂L/∂x from `slope`, ∂L/∂ of the last stage; adds the weights' gradients to `gradient`.
  func backward(
    _ stages: [[Double]], _ slope: [Double], _ values: [String: [Double]],
    _ gradient: inout [String: [Double]]
  ) -> [Double] {
    var slopes = stages.map { $0.map { _ in 0.0 } }
    slopes[stages.count - 1] = slope
    for layer in reversed() {
      var unit = layer.output.unit
      for part in layer.parts {
        let weight = values["\(part.name).weight"] ?? []
        var own = gradient.removeValue(forKey: "\(part.name).weight") ?? []
        for output in 0..<part.outputs {
          defer { unit += 1 }
          if layer.rectified && stages[layer.output.stage][unit] <= 0 { continue }
          let slope = slopes[layer.output.stage][unit]
          gradient["\(part.name).bias"]?[output] += slope
          for input in 0..<layer.inputs {
            let (from, place) = (layer.input.unit + input, output * layer.inputs + input)
            slopes[layer.input.stage][from] += slope * weight[place]
            own[place] += slope * stages[layer.input.stage][from]
          }
        }
        gradient["\(part.name).weight"] = own
      }
    }
    return slopes[0]
  }
}
