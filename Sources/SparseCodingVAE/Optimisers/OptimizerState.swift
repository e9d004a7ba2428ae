import Compute

/// What training remembers beside the model: Adam's moments and the constraint's numbers.
public struct OptimizerState: Sendable, Equatable {
  /// m, one for each parameter.
  package var firstMoment: AlignedArray
  /// v, one for each parameter.
  package var secondMoment: AlignedArray
  /// `stateCount` numbers for each filter.
  package var constraint: AlignedArray

  /// The state before the first step.
  public init(for model: SparseVAE, _ constraint: any DecoderConstraint) {
    let layout = model.layout
    firstMoment = AlignedArray(count: layout.count)
    secondMoment = AlignedArray(count: layout.count)
    var parameters = model.parameters
    let filters = parameters.mutablePointer() + layout.filters
    self.constraint = AlignedArray(
      (0..<layout.latents).flatMap { latent in
        constraint.initialState(
          of: FilterRow(filters + latent * layout.filterStride, count: layout.pixels))
      })
  }

  /// The three arrays under the names they have in checkpoints.
  package var named: [(name: String, WritableKeyPath<OptimizerState, AlignedArray>)] {
    [
      ("adam.first_moment", \.firstMoment), ("adam.second_moment", \.secondMoment),
      ("constraint.state", \.constraint),
    ]
  }
}
