import Compute

/// One parameter as other software knows it: PyTorch's name and layout.
public struct NamedTensor: Sendable, Equatable {
  public var name: String
  public var shape: [Int]
  /// Row-major.
  public var elements: [Float]

  public init(name: String, shape: [Int], elements: [Float]) {
    self.name = name
    self.shape = shape
    self.elements = elements
  }
}

/// Why a set of tensors is not this model.
public struct TensorMismatch: Error, CustomStringConvertible, Equatable {
  public let description: String
}

extension SparseVAE {
  /// All parameters: `encoder.….weight` [outputs, inputs] and `.bias` [outputs] for every layer,
  /// `decoder.weight` [pixels, latents] (Φ's filters are its columns), `decoder.bias`,
  /// `noise_log_scale` and `prior_log_scale`.
  public var namedTensors: [NamedTensor] {
    get {
      var tensors: [NamedTensor] = []
      forEachTensor { name, shape, place in
        let count = shape.reduce(1, *)
        tensors.append(
          NamedTensor(
            name: name, shape: shape, elements: (0..<count).map { parameters[place($0)] }))
      }
      return tensors
    }
  }

  /// Takes all parameters from tensors as `namedTensors` gives them; others are left aside.
  ///
  /// - Throws: `TensorMismatch` that names the tensor that is missing or has another shape.
  public mutating func load(_ tensors: [NamedTensor]) throws {
    let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var loaded = parameters
    var mismatch: TensorMismatch?
    forEachTensor { name, shape, place in
      guard let tensor = byName[name] else {
        mismatch = mismatch ?? TensorMismatch(description: "the tensor \(name) is missing")
        return
      }
      guard tensor.shape == shape, tensor.elements.count == shape.reduce(1, *) else {
        mismatch =
          mismatch
          ?? TensorMismatch(
            description: "the tensor \(name) has shape \(tensor.shape), this model's has \(shape)")
        return
      }
      for (index, element) in tensor.elements.enumerated() { loaded[place(index)] = element }
    }
    if let mismatch { throw mismatch }
    parameters = loaded
  }

  /// Calls `body` with each tensor's name and shape and with the place of its n-th element.
  private func forEachTensor(_ body: (String, [Int], (Int) -> Int) -> Void) {
    for layer in layout.encoder {
      let inputs = layer.plan.inputs
      var first = 0
      for part in layer.plan.parts {
        let start = first
        body("\(part.name).weight", [part.outputs, inputs]) { index in
          layer.weights
            + DenseLayout.weightIndex(
              input: index % inputs, output: start + index / inputs, inputs: inputs)
        }
        body("\(part.name).bias", [part.outputs]) { layer.bias + start + $0 }
        first += part.outputs
      }
    }
    let latents = configuration.latents
    body("decoder.weight", [configuration.pixels, latents]) { index in
      layout.filters + index % latents * layout.filterStride + index / latents
    }
    body("decoder.bias", [configuration.pixels]) { layout.decoderBias + $0 }
    body("noise_log_scale", []) { _ in layout.logNoise }
    body("prior_log_scale", []) { _ in layout.logPriorScale }
  }
}
