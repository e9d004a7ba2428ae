import Compute
import Filters

/// What training remembers beside the model: Adam's moments and the constraint's numbers.
public struct OptimizerState: Sendable, Equatable {
  /// m, one for each parameter.
  package var firstMoment: AlignedArray
  /// v, one for each parameter.
  package var secondMoment: AlignedArray
  /// Each filter's `FilterConstraint.State`.
  package var constraint: AlignedArray

  /// The state before the first step.
  public init(for model: SparseVAE, _ constraint: any FilterConstraint) {
    let layout = model.layout
    firstMoment = AlignedArray(count: layout.count)
    secondMoment = AlignedArray(count: layout.count)
    var parameters = model.parameters
    let filters = parameters.mutablePointer() + layout.filters
    self.constraint = AlignedArray(
      (0..<layout.latents).flatMap { latent in
        constraint.initialNumbers(
          of: FilterRow(filters + latent * layout.filterStride, count: layout.pixels))
      })
  }

  /// The arrays as they are, for checkpoints.
  public var namedTensors: [NamedTensor] {
    var tensors: [NamedTensor] = []
    var copy = self
    copy.forEachArray { name, array in
      tensors.append(NamedTensor(name: name, shape: [array.count], elements: array.array))
    }
    return tensors
  }

  /// Takes the arrays from tensors as `namedTensors` gives them.
  ///
  /// - Throws: `TensorMismatch` that names the tensor that is missing or has another size.
  public mutating func load(_ tensors: [NamedTensor]) throws {
    var loaded = self
    try loaded.forEachArray { name, array in
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        throw TensorMismatch(description: "the tensor \(name) is missing")
      }
      guard tensor.elements.count == array.count else {
        throw TensorMismatch(
          description: "the tensor \(name) has \(tensor.elements.count) elements, "
            + "this model's has \(array.count)")
      }
      array = AlignedArray(tensor.elements)
    }
    self = loaded
  }

  private mutating func forEachArray(
    _ body: (String, inout AlignedArray) throws -> Void
  ) rethrows {
    try body("adam.first_moment", &firstMoment)
    try body("adam.second_moment", &secondMoment)
    try body("constraint.state", &constraint)
  }
}
