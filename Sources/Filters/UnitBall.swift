/// Projects every filter into the unit ball: φₖ ← φₖ / max(1, ‖φₖ‖₂).
public struct UnitBall: FilterConstraint {
  public static let name = "unit-ball"

  public init(settings: [String: Double] = [:]) {}

  public func project(_ filter: FilterRow, _ state: inout NoState) -> Bool {
    let norm = filter.norm
    return norm > 1 ? filter.normalize() : norm.isFinite
  }
}
