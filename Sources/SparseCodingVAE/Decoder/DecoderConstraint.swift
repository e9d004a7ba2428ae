import Compute

/// A rule that keeps each decoder filter feasible, applied around every optimiser step.
///
/// A constraint acts on one filter at a time. Before the step it may change the gradient (and the
/// coordinates in which the optimiser moves), after it the filter is projected. Laws, for every
/// constraint: the projection is feasible, idempotent, and leaves feasible filters as they are.
public protocol DecoderConstraint: Sendable {
  /// Numbers that the constraint keeps for each filter between steps.
  var stateCount: Int { get }

  /// The state of a filter that was just drawn.
  func initialState(of filter: FilterRow) -> [Float]

  /// Changes a filter's gradient, and its coordinates, before the optimiser's step.
  func prepare(_ filter: FilterRow, gradient: FilterRow, _ context: ConstraintContext)

  /// Makes a filter feasible again after the step.
  ///
  /// - Returns: false where that cannot be done, as for a filter of zeros; it is then drawn anew.
  func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool
}

extension DecoderConstraint {
  public var stateCount: Int { 0 }
  public func initialState(of filter: FilterRow) -> [Float] { [] }
  public func prepare(_ filter: FilterRow, gradient: FilterRow, _ context: ConstraintContext) {}
}

/// What a constraint may know beside the filter.
public struct ConstraintContext {
  /// The filter's own numbers (`stateCount` of them), to be read and changed.
  public let state: UnsafeMutableBufferPointer<Float>
  /// The optimiser's numbers for this step.
  public let adam: AdamStep
  /// Mean of z² over the batch for the filter's latent.
  public let codePower: Float

  public init(
    state: UnsafeMutableBufferPointer<Float>, adam: AdamStep = AdamStep(), codePower: Float = 0
  ) {
    self.state = state
    self.adam = adam
    self.codePower = codePower
  }
}
