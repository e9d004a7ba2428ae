import Compute

/// Writes every filter as φₖ = gₖ·vₖ/‖vₖ‖ and lets the optimiser move v and, where it is learned, g.
///
/// Salimans & Kingma 2016, equations 2 and 3: ∂L/∂g = ⟨∂L/∂φ, v⟩/‖v‖ and
/// ∂L/∂v = (g/‖v‖)·(∂L/∂φ − (∂L/∂g)·v/‖v‖). Between steps the filter is φ. A learned g stays
/// positive: the sign is v's, and the projection could not tell whether it had turned a filter
/// already.
public struct WeightNormalization: FilterConstraint {
  /// What is kept of each filter.
  public struct State: ConstraintState {
    /// ‖v‖
    public var norm: Float
    /// g
    public var gain: Float
    /// Adam's first moment of g.
    public var firstMoment: Float = 0
    /// Adam's second moment of g.
    public var secondMoment: Float = 0
  }

  public static let name = "weight-norm"
  public static let parameters = [learnsGain]
  /// `learnsGain` as configurations name it.
  public static let learnsGain = Parameter.flag("learnsGain", "gains are learned", standard: false)

  /// Whether gₖ is learned; where not, it stays 1.
  public var learnsGain: Bool

  private static let leastGain: Float = 1e-4

  /// Gains that are learned, or stay 1.
  public init(learnsGain: Bool = Self.learnsGain.standard == 1) { self.learnsGain = learnsGain }

  public init(settings: [String: Double]) {
    self.init(learnsGain: settings[Self.learnsGain] == 1)
  }

  public func initialState(of filter: FilterRow) -> State {
    State(norm: filter.norm, gain: learnsGain ? filter.norm : 1)
  }

  public func prepare(
    _ filter: FilterRow, gradient: FilterRow, _ state: inout State, _ context: ConstraintContext
  ) {
    guard state.gain > 0, state.norm > 0 else { return }
    let gainGradient = gradient.dot(filter) / state.gain
    gradient.removeComponent(along: filter)
    gradient.scale(by: state.gain / state.norm)
    filter.scale(by: state.norm / state.gain)
    if learnsGain {
      context.adam.update(
        &state.gain, along: gainGradient, first: &state.firstMoment, second: &state.secondMoment)
      state.gain = max(state.gain, Self.leastGain)
    }
  }

  public func project(_ filter: FilterRow, _ state: inout State) -> Bool {
    state.norm = filter.norm
    return filter.normalize(to: state.gain)
  }
}
