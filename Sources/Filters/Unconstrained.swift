/// No constraint: filters whose latents are ignored fade into noise.
public struct Unconstrained: FilterConstraint {
  public static let name = "none"

  public init(settings: [String: Double] = [:]) {}

  public func project(_ filter: FilterRow, _ state: inout NoState) -> Bool { true }
}
