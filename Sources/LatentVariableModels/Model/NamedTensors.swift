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
  /// The tensor of models whose noise differs between directions.
  package static let noiseDirections = "noise_directions"
  /// All of theirs.
  package static let noiseTensors = [
    noiseDirections, "noise_direction_variances", "noise_profile",
  ]

  /// All parameters: `….weight` [outputs, inputs] and `….bias` [outputs] for every layer of encoder
  /// and decoder (so Φ's filters are the columns of `decoder.weight`), `noise_log_scale`,
  /// `prior_log_scale` ([latents] where each has its own) and, where there are any,
  /// `contrast_log_scale` of patches, the prior's further numbers, such as `active_share_logit` or
  /// `prior_log_rate` [latents], and of noise that differs between directions `noise_directions`
  /// [directions, pixels], `noise_direction_variances` and `noise_profile` [directions].
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
      ("noise_log_scale", logNoise..<logNoise + 1), ("prior_log_scale", logPriorScales),
      ("contrast_log_scale", logContrast.map { $0..<$0 + 1 }),
    ]
    for case (let name, let places?) in scalars {
      let shape = places.count > 1 ? [places.count] : []
      blocks.append(ParameterBlock(name: name, shape: shape) { places.lowerBound + $0 })
    }
    if let (name, places) = priorNumbers {
      let shape = places.count == 1 ? [] : [places.count]
      blocks.append(ParameterBlock(name: name, shape: shape) { places.lowerBound + $0 })
    }
    return blocks + (noise.map(noiseBlocks) ?? [])
  }

  private func noiseBlocks(_ noise: NoiseWeights) -> [ParameterBlock] {
    let (pixels, stride) = (noise.pixels, noise.stride)
    return [
      ParameterBlock(name: Self.noiseDirections, shape: [pixels, pixels]) {
        noise.directions + $0 / pixels * stride + $0 % pixels
      },
      ParameterBlock(name: Self.noiseTensors[1], shape: [pixels]) { noise.variances + $0 },
      ParameterBlock(name: Self.noiseTensors[2], shape: [pixels]) { noise.profile + $0 },
    ]
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
