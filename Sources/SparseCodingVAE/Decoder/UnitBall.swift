/// Projects every filter into the unit ball: φₖ ← φₖ / max(1, ‖φₖ‖₂).
public struct UnitBall: DecoderConstraint {
  public init() {}

  public func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool {
    let norm = filter.norm
    return norm > 1 ? filter.normalize() : norm.isFinite
  }
}
