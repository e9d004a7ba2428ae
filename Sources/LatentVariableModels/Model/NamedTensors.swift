import Compute

/// One parameter as other software knows it: PyTorch's name and layout.
public struct NamedTensor: Sendable, Equatable {
  /// "encoder.trunk.0.weight"
  public var name: String
  /// Outermost dimension first; empty for a scalar.
  public var shape: [Int]
  /// Row-major.
  public var elements: [Float]

  /// - Parameter elements: as many as the shape has places.
  public init(name: String, shape: [Int], elements: [Float]) {
    (self.name, self.shape, self.elements) = (name, shape, elements)
  }
}

/// Why a set of tensors is not this model.
public struct TensorMismatch: Error, CustomStringConvertible, Equatable {
  public let description: String
}

/// One of a model's parameters: its name, PyTorch's shape, and the places of its elements.
package struct ParameterBlock: Sendable {
  package let name: String
  package let shape: [Int]
  /// The place of the n-th element, row-major.
  package let place: @Sendable (Int) -> Int

  package var count: Int { shape.reduce(1, *) }
}

extension ParameterLayout {
  /// All parameters: `….weight` [outputs, inputs] and `….bias` [outputs] for every layer of encoder
  /// and decoder (so Φ's filters are the columns of `decoder.weight`), `noise_log_scale`,
  /// `prior_log_scale` and, where there are any, `contrast_log_scale` of patches and the prior's
  /// further numbers, such as `active_share_logit` or `prior_log_rate` [latents].
  package var blocks: [ParameterBlock] {
    var blocks: [ParameterBlock] = []
    for layer in layers {
      let (weights, inputs) = (layer.weights, layer.plan.inputs)
      var first = 0
      for part in layer.plan.parts {
        let start = first
        blocks += [
          ParameterBlock(name: "\(part.name).weight", shape: [part.outputs, inputs]) { index in
            weights.place(input: index % inputs, output: start + index / inputs)
          },
          ParameterBlock(name: "\(part.name).bias", shape: [part.outputs]) {
            weights.bias + start + $0
          },
        ]
        first += part.outputs
      }
    }
    let scalars = [
      ("noise_log_scale", logNoise), ("prior_log_scale", logPriorScale),
      ("contrast_log_scale", logContrast),
    ]
    for case (let name, let place?) in scalars {
      blocks.append(ParameterBlock(name: name, shape: []) { _ in place })
    }
    if let (name, places) = priorNumbers {
      let shape = places.count == 1 ? [] : [places.count]
      blocks.append(ParameterBlock(name: name, shape: shape) { places.lowerBound + $0 })
    }
    return blocks
  }

  /// The parameters that lie in `array`, or their gradients, by name.
  package func namedTensors(of array: AlignedArray) -> [NamedTensor] {
    blocks.map { block in
      NamedTensor(
        name: block.name, shape: block.shape,
        elements: (0..<block.count).map { array[block.place($0)] })
    }
  }
}

extension SparseVAE {
  /// All parameters, named and laid out as PyTorch has them.
  public var namedTensors: [NamedTensor] { layout.namedTensors(of: parameters) }

  /// Takes all parameters from tensors as `namedTensors` gives them; others are left aside.
  ///
  /// - Throws: `TensorMismatch` that names the tensor that is missing or has another shape.
  public mutating func load(_ tensors: [NamedTensor]) throws {
    let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var loaded = parameters
    for block in layout.blocks {
      guard let tensor = byName[block.name] else {
        throw TensorMismatch(description: "the tensor \(block.name) is missing")
      }
      guard tensor.shape == block.shape, tensor.elements.count == block.count else {
        throw TensorMismatch(
          description:
            "the tensor \(block.name) has shape \(tensor.shape), this model's has \(block.shape)")
      }
      for (index, element) in tensor.elements.enumerated() { loaded[block.place(index)] = element }
    }
    parameters = loaded
  }
}
