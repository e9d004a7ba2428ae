/// No constraint: filters whose latents are ignored fade into noise.
public struct Unconstrained: DecoderConstraint {
  public init() {}

  public func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool { true }
}
