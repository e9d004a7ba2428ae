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

  private nonisolated(unsafe) static let arrays: [(name: String, path: WritableKeyPath<OptimizerState, AlignedArray>)] =
    [
      ("adam.first_moment", \.firstMoment), ("adam.second_moment", \.secondMoment),
      ("constraint.state", \.constraint),
    ]

  /// The arrays as they are, for checkpoints.
  public var namedTensors: [NamedTensor] {
    Self.arrays.map { name, path in
      NamedTensor(name: name, shape: [self[keyPath: path].count], elements: self[keyPath: path].array)
    }
  }

  /// Takes the arrays from tensors as `namedTensors` gives them.
  ///
  /// - Throws: `TensorMismatch` that names the tensor that is missing or has another size.
  public mutating func load(_ tensors: [NamedTensor]) throws {
    var loaded = self
    for (name, path) in Self.arrays {
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        throw TensorMismatch(description: "the tensor \(name) is missing")
      }
      guard tensor.elements.count == self[keyPath: path].count else {
        throw TensorMismatch(
          description: "the tensor \(name) has \(tensor.elements.count) elements, "
            + "this model's has \(self[keyPath: path].count)")
      }
      loaded[keyPath: path] = AlignedArray(tensor.elements)
    }
    self = loaded
  }
}
