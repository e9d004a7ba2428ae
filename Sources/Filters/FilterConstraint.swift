import Compute

/// A rule that keeps each filter feasible, applied around every step that changes filters: of
/// models by Adam, of dictionaries by a gradient.
///
/// A constraint acts on one filter at a time. Before the step it may change the gradient (and the
/// coordinates in which the step is taken), after it the filter is projected. Laws, for every
/// constraint: the projection is feasible, idempotent, and leaves feasible filters as they are.
/// ```swift
/// struct NonnegativeUnitNorm: FilterConstraint {
///   static let name = "nonnegative"
///   init(settings: [String: Double]) {}
///   func project(_ filter: FilterRow, _ state: inout NoState) -> Bool {
///     for pixel in 0..<filter.count where filter[pixel] < 0 { filter[pixel] = 0 }
///     return filter.normalize()
///   }
/// }
/// Constraints.register(NonnegativeUnitNorm.self)
/// ```
public protocol FilterConstraint: Sendable {
  /// What the constraint keeps for each filter between steps.
  associatedtype State: ConstraintState = NoState

  /// The name that options and configurations use, such as "unit-norm".
  static var name: String { get }

  /// The constraint's own numbers.
  static var parameters: [Parameter] { get }

  /// - Parameter settings: values of `parameters`, by their names and within their ranges; those
  ///   left out are standard.
  init(settings: [String: Double])

  /// The state of a filter that was just drawn.
  func initialState(of filter: FilterRow) -> State

  /// Changes a filter's gradient, and its coordinates, before the step.
  func prepare(
    _ filter: FilterRow, gradient: FilterRow, _ state: inout State, _ context: ConstraintContext)

  /// Makes a filter feasible again after the step.
  ///
  /// - Returns: false where that cannot be done, as for a filter of zeros; it is then drawn anew.
  func project(_ filter: FilterRow, _ state: inout State) -> Bool
}

/// A constraint's state of one filter: a struct of `Float`s, which checkpoints keep by their names
/// and in their order.
public protocol ConstraintState: BitwiseCopyable, Sendable {}

/// The state of constraints that keep none.
public struct NoState: ConstraintState {}

extension FilterConstraint {
  /// No numbers.
  public static var parameters: [Parameter] { [] }

  public func prepare(
    _ filter: FilterRow, gradient: FilterRow, _ state: inout State, _ context: ConstraintContext
  ) {}
}

extension FilterConstraint where State == NoState {
  /// Nothing.
  public func initialState(of filter: FilterRow) -> NoState { NoState() }
}

/// What a constraint may know beside the filter.
public struct ConstraintContext {
  /// Adam's numbers for this step, to move numbers of the constraint's own by; a step of length
  /// zero where filters are learned without Adam.
  public let adam: AdamStep
  /// Mean of z² over the batch for the filter's latent.
  public let codePower: Float
  /// The filter's state as memory keeps it, for `prepare(_:gradient:_:)` and `project(_:_:)`.
  package let state: UnsafeMutableBufferPointer<Float>

  package init(
    state: UnsafeMutableBufferPointer<Float>, adam: AdamStep = AdamStep(), codePower: Float = 0
  ) {
    (self.state, self.adam, self.codePower) = (state, adam, codePower)
  }
}
