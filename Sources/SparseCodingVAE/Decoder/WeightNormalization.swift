/// Writes every filter as φₖ = gₖ·vₖ/‖vₖ‖ and lets the optimiser move v and, where it is learned, g.
///
/// Salimans & Kingma 2016, equations 2 and 3: ∂L/∂g = ⟨∂L/∂φ, v⟩/‖v‖ and
/// ∂L/∂v = (g/‖v‖)·(∂L/∂φ − (∂L/∂g)·v/‖v‖). The dictionary holds φ between steps; the state holds
/// ‖v‖, g, and Adam's two moments of g. A learned g stays positive: the sign is v's, and the
/// projection could not tell whether it had turned a filter already.
public struct WeightNormalization: DecoderConstraint {
  /// Whether gₖ is learned; where not, it stays 1.
  public var learnsGain: Bool

  private static let leastGain: Float = 1e-4

  public init(learnsGain: Bool = false) { self.learnsGain = learnsGain }

  public var stateCount: Int { 4 }

  public func initialState(of filter: FilterRow) -> [Float] {
    [filter.norm, learnsGain ? filter.norm : 1, 0, 0]
  }

  public func prepare(_ filter: FilterRow, gradient: FilterRow, _ context: ConstraintContext) {
    let norm = context.state[0]
    let gain = context.state[1]
    guard gain > 0, norm > 0 else { return }
    let gainGradient = gradient.dot(filter) / gain
    gradient.removeComponent(along: filter)
    gradient.scale(by: gain / norm)
    filter.scale(by: norm / gain)
    if learnsGain {
      context.adam.update(
        &context.state[1], along: gainGradient, first: &context.state[2],
        second: &context.state[3])
      context.state[1] = max(context.state[1], Self.leastGain)
    }
  }

  public func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool {
    context.state[0] = filter.norm
    return filter.normalize(to: context.state[1])
  }
}
