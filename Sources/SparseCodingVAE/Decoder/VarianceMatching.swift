import RealModule

/// Olshausen & Field's gain rule: norms follow the codes' variances until all are the goal's.
///
/// gₖ ← gₖ·(⟨zₖ²⟩/goal)^rate with ⟨zₖ²⟩ a running mean, then φₖ ← gₖ·φₖ/‖φₖ‖₂. A latent that is
/// used too little gets a shorter filter, so that its code must grow. Olshausen & Field 1997,
/// equation 18. The state holds ⟨zₖ²⟩ and gₖ.
public struct VarianceMatching: DecoderConstraint {
  /// The variance every code shall have.
  public var goal: Float
  /// How fast the norms follow; Olshausen & Field's α. Their codes were optimal at each step; a
  /// recognition network follows slowly, and at rates near 0.01 norms swing ever wider.
  public var rate: Float
  /// Weight of a batch in the running mean.
  public var averaging: Float
  /// The norms that the rule may reach.
  public var gainRange: ClosedRange<Float>

  public init(
    goal: Float, rate: Float = 0.001, averaging: Float = 0.01,
    gainRange: ClosedRange<Float> = 0.05...20
  ) {
    self.goal = goal
    self.rate = rate
    self.averaging = averaging
    self.gainRange = gainRange
  }

  public var stateCount: Int { 2 }

  public func initialState(of filter: FilterRow) -> [Float] { [goal, filter.norm] }

  public func prepare(_ filter: FilterRow, gradient: FilterRow, _ context: ConstraintContext) {
    let power = (1 - averaging) * context.state[0] + averaging * context.codePower
    context.state[0] = power
    let gain = context.state[1] * Float(Double.pow(Double(power / goal), Double(rate)))
    context.state[1] = min(max(gain, gainRange.lowerBound), gainRange.upperBound)
  }

  public func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool {
    filter.normalize(to: context.state[1])
  }
}
